// What is asked of TLS, seen over a socket.
#include <mockoauth/wire/listener.hpp>

#include "tests/requirements/requirement_fixture.hpp"
#include "wire/tests/raw_client.hpp"
#include "wire/tests/tls_client.hpp"

namespace mockoauth::server::testing {
namespace {

using wire::testing::RawClient;
using wire::testing::TlsClient;

const std::string kAsk = "GET /jwks HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// The provider of a test behind TLS.
class TlsFront {
 public:
  explicit TlsFront(Realm& realm) : authority_(wire::TlsAuthority::create().value()),
                                    listener_(wire::Listener::bind({.threads = 1, .tls = authority_}).value()) {
    listener_->start({.handler = [&realm](HttpRequest request) { return realm.handle(std::move(request)); },
                      .welcome = [&realm](const Arrival& arrival) { return realm.welcome(arrival); }});
  }
  [[nodiscard]] std::uint16_t port() const { return listener_->port(); }
  std::string ask(int newest_version) {
    TlsClient client(port(), authority_->ca_pem(), "localhost", {.newest_version = newest_version});
    return client.is_open() ? client.ask(kAsk) : std::string();
  }

 private:
  std::shared_ptr<wire::TlsAuthority> authority_;
  std::unique_ptr<wire::Listener> listener_;
};

REQUIREMENT(tls_version) {
  TlsFront front(server.realm());
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) EXPECT_EQ(front.ask(version), "") << version;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    EXPECT_EQ(front.ask(version).substr(0, 15), "HTTP/1.1 200 OK") << version;
  }
}

REQUIREMENT(tls_plain_http_refused) {
  TlsFront front(server.realm());
  RawClient plain(front.port());
  ASSERT_TRUE(plain.send(kAsk));
  EXPECT_EQ(plain.read_to_end().find("200"), std::string::npos);
  EXPECT_EQ(front.ask(TLS1_3_VERSION).substr(0, 15), "HTTP/1.1 200 OK");
}

}  // namespace
}  // namespace mockoauth::server::testing
