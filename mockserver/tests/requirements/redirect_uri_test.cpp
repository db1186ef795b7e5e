// Where a server lets its answers go.
#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

class RedirectUris {
 public:
  explicit RedirectUris(Engine& server) : server_(server) {
    server.realm().add_client({.client_id = "site", .redirect_uris = {"https://site.example/cb"}});
  }

  HttpResponse ask(const std::string& client, const std::string& uri) {
    return server_.authorize_but({{"client_id", client}, {"redirect_uri", uri}, {"scope", "api.read"}});
  }
  void takes(const std::string& client, const std::string& uri) {
    const auto response = ask(client, uri);
    got_code(response);
    EXPECT_TRUE(response.header("Location").value_or("").starts_with(uri)) << uri;
  }
  void refuses(const std::string& client, const std::string& uri) {
    SCOPED_TRACE(uri);
    shown_to_user(ask(client, uri));
  }

 private:
  Engine& server_;
};

REQUIREMENT(redirect_uri_unregistered) {
  RedirectUris uris(server);
  uris.refuses("site", "https://evil.example/cb");
  uris.takes("site", "https://site.example/cb");
}

REQUIREMENT(redirect_uri_exact_path) {
  RedirectUris uris(server);
  for (const char* path : {"/cb/more", "/cb/", "/cb/..", "/x/../cb", "/%63b", "/CB", "/", "", "//cb", "/cb;x"}) {
    uris.refuses("site", std::string("https://site.example") + path);
  }
  uris.takes("site", "https://site.example/cb");
}

REQUIREMENT(redirect_uri_exact_query) {
  RedirectUris uris(server);
  uris.refuses("site", "https://site.example/cb?x=1");
  uris.refuses("site", "https://site.example/cb?");
  uris.takes("site", "https://site.example/cb");
  uris.refuses("web", "https://web.example/cb?tenant=2");
  uris.refuses("web", "https://web.example/cb?tenant=1&x=2");
  uris.takes("web", std::string(kWebRedirect));
}

REQUIREMENT(redirect_uri_exact_authority) {
  RedirectUris uris(server);
  for (const char* authority :
       {"user@site.example", "site.example@evil.example", "sub.site.example", "site.example.evil", "evilsite.example",
        "site.example:8443", "site.example.", "SITE.example"}) {
    uris.refuses("site", std::string("https://") + authority + "/cb");
  }
  uris.takes("site", "https://site.example/cb");
}

REQUIREMENT(redirect_uri_fragment) {
  RedirectUris uris(server);
  uris.refuses("site", "https://site.example/cb#");
  uris.refuses("site", "https://site.example/cb#x");
  uris.refuses("app", std::string(kRedirect) + "#x");
  uris.takes("site", "https://site.example/cb");
  uris.takes("app", std::string(kRedirect));
}

REQUIREMENT(redirect_uri_repeated) {
  auto request = Engine::authorization_request();
  got_code(server.authorize(request));
  request.add("redirect_uri", "https://evil.example/");
  shown_to_user(server.authorize(request));
}

REQUIREMENT(redirect_uri_missing_when_several) {
  shown_to_user(server.authorize_but({{"redirect_uri", ""}}));
  got_code(server.authorize_but({}));
}

REQUIREMENT(redirect_uri_query_kept) {
  RedirectUris uris(server);
  const auto location = uris.ask("web", std::string(kWebRedirect)).header("Location").value_or("");
  EXPECT_TRUE(location.starts_with("https://web.example/cb?tenant=1&")) << location;
  EXPECT_NE(location.find("&code="), std::string::npos) << location;
}

REQUIREMENT(redirect_uri_loopback_any_port) {
  RedirectUris uris(server);
  server.realm().add_client({.client_id = "six", .redirect_uris = {"http://[::1]:7777/callback"}});
  for (const char* port : {":1", ":49152", ":65535", ""}) {
    uris.takes("app", std::string("http://127.0.0.1") + port + "/callback");
    uris.takes("six", std::string("http://[::1]") + port + "/callback");
  }
}

REQUIREMENT(redirect_uri_loopback_path_exact) {
  RedirectUris uris(server);
  for (const char* path : {"/elsewhere", "/callback/", "/callback/more", "/", "/callback?x=1"}) {
    uris.refuses("app", std::string("http://127.0.0.1:5555") + path);
  }
  uris.takes("app", "http://127.0.0.1:5555/callback");
}

REQUIREMENT(redirect_uri_loopback_not_prefix) {
  RedirectUris uris(server);
  uris.refuses("app", "http://127.0.0.1.example.org/callback");
  uris.refuses("app", "http://127.0.0.1:5555.example.org/callback");
  uris.refuses("app", "http://127.0.0.1@example.org/callback");
  uris.takes("app", "http://127.0.0.1:5555/callback");
}

REQUIREMENT(redirect_uri_http_refused) {
  RedirectUris uris(server);
  server.realm().add_client(
      {.client_id = "bare",
       .redirect_uris = {"http://bare.example/cb", "https://bare.example/cb", "http://127.0.0.1/cb"}});
  uris.refuses("bare", "http://bare.example/cb");
  uris.takes("bare", "https://bare.example/cb");
  uris.takes("bare", "http://127.0.0.1:5555/cb");
}

}  // namespace
}  // namespace mockoauth::server::testing
