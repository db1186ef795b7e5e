// navikt's mock-oauth2-server as a test starts it; `audience` as argument: its tokens are for another client.
import java.io.PrintStream;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;

public class Server {
  public static void main(String[] arguments) throws Exception {
    PrintStream out = System.out;
    System.setOut(System.err);  // Where its log goes.
    MockOAuth2Server server = new MockOAuth2Server();
    server.start(InetAddress.getByName("127.0.0.1"), 0);
    if (arguments[0].equals("audience")) {
      server.enqueueCallback(new DefaultOAuth2TokenCallback("default", "ada", "JWT", List.of("default"), Map.of("aud", "another-client")));
    }
    out.printf("{\"issuer\": \"%s\", \"client_id\": \"mimir\"}%n", server.issuerUrl("default"));
    while (System.in.read() != -1) { }
    System.exit(0);
  }
}
