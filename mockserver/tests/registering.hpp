#pragma once

#include <string>

#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {

/// Any request with a JSON body. @param token goes into a Bearer header; empty: none.
inline HttpResponse send_json(Engine& server, const std::string& method, const std::string& target, const Json& body,
                              const std::string& token = {}) {
  Headers headers = {{"Content-Type", "application/json"}};
  if (!token.empty()) headers.emplace_back("Authorization", "Bearer " + token);
  return server.realm().handle({.method = method, .target = target, .headers = headers,
                                .body = body.is_null() ? std::string() : body.dump()});
}

inline HttpResponse register_client(Engine& server, const Json& metadata) {
  return send_json(server, "POST", "/register", metadata);
}

/// What a native app registers, with this member changed.
inline Json native_client() {
  return Json::object({{"redirect_uris", Json::array({"http://127.0.0.1/callback"})},
                       {"token_endpoint_auth_method", "none"}});
}
inline Json native_client_but(std::string_view name, const Json& value) {
  auto metadata = native_client();
  metadata.set(name, value);
  return metadata;
}

/// A client that registered itself, and how it is managed (RFC 7592).
class Registered {
 public:
  explicit Registered(Engine& server, const Json& metadata = native_client())
      : server_(server), body(body_of(register_client(server, metadata))), id(text_at(body, "client_id")),
        secret(text_at(body, "client_secret")), token(text_at(body, "registration_access_token")) {
    constexpr std::string_view kOrigin = "http://127.0.0.1:4321";
    const auto uri = text_at(body, "registration_client_uri");
    EXPECT_TRUE(uri.starts_with(kOrigin)) << body.dump();
    path = uri.size() > kOrigin.size() ? uri.substr(kOrigin.size()) : "/";
  }

  HttpResponse read() { return send_json(server_, "GET", path, {}, token); }
  HttpResponse update(const Json& metadata) { return send_json(server_, "PUT", path, metadata, token); }
  HttpResponse end() { return send_json(server_, "DELETE", path, {}, token); }

 private:
  Engine& server_;

 public:
  Json body;
  std::string id;
  std::string secret;
  std::string token;
  std::string path;
};

}  // namespace mockoauth::server::testing
