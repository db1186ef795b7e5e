// A JVM peer for ci/bench/server: navikt's mock-oauth2-server as a test starts it. Prints its port.
import java.io.PrintStream;
import java.net.InetAddress;
import no.nav.security.mock.oauth2.MockOAuth2Server;

public class Peer {
  public static void main(String[] arguments) throws Exception {
    PrintStream out = System.out;
    System.setOut(System.err);  // Where its log goes.
    MockOAuth2Server server = new MockOAuth2Server();
    server.start(InetAddress.getByName("127.0.0.1"), 0);
    out.println(server.baseUrl().port());
    Thread.currentThread().join();
  }
}
