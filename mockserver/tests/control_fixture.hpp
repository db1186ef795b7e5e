#pragma once

#include <string>
#include <string_view>

#include <mockoauth/server/control.hpp>

#include "tests/documented_answers.hpp"
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {

/// A server, its control API, and realms with one client each.
class ControlFixture : public ::testing::Test {
 protected:
  HttpResponse call(std::string method, std::string target, std::string body = {}, Headers headers = {}) {
    static const DocumentedAnswers documented(Control::openapi());
    auto response = control_.handle({.method = method,
                                     .target = "/_mock" + target,
                                     .headers = std::move(headers),
                                     .body = std::move(body)});
    documented.check(method, "/_mock" + target, response);
    return response;
  }
  HttpResponse get(std::string target) { return call("GET", std::move(target)); }
  HttpResponse post(std::string target, std::string body) { return call("POST", std::move(target), std::move(body)); }
  HttpResponse remove(std::string target) { return call("DELETE", std::move(target)); }

  void create(const std::string& name) {
    const auto made = post("/realms", R"({"name": ")" + name + R"(", "seed": 7, "clients": [
      {"client_id": "app", "redirect_uris": ["http://127.0.0.1/callback"]}]})");
    ASSERT_EQ(made.status, 201) << made.body;
  }
  HttpResponse authorize(const std::string& realm, std::string more = {}) {
    return server_.handle({.method = "GET", .target = "/r/" + realm + "/authorize?" +
                                                      Engine::authorization_request().encode() + more});
  }
  HttpResponse token_request(const std::string& realm, const Parameters& form) {
    return server_.handle({.method = "POST", .target = "/r/" + realm + "/token",
                           .headers = {{"Content-Type", std::string(kFormType)}},
                           .body = form.encode()});
  }
  HttpResponse redeem(const std::string& realm, const std::string& code) {
    return token_request(realm, Engine::code_request(code));
  }
  HttpResponse refresh(const std::string& realm, const std::string& token) {
    return token_request(realm, {{"grant_type", "refresh_token"}, {"client_id", "app"}, {"refresh_token", token}});
  }
  /// A whole login. @returns the token response.
  Json login(const std::string& realm) {
    return body_of(redeem(realm, location_of(authorize(realm)).one("code").value_or("")));
  }

  mimir::codec::ManualClock clock_{mimir::codec::TimePoint(1'800'000'000'000ms)};
  Server server_{clock_, "http://127.0.0.1:4321"};
  Control control_{server_};
};

inline void expect_problem(const HttpResponse& response, int status, std::string_view code,
                           std::string_view pointer = {}) {
  EXPECT_EQ(response.status, status) << response.body;
  EXPECT_EQ(response.header("Content-Type"), "application/problem+json");
  EXPECT_EQ(body_of(response).string_at("type"), "urn:mockoauth:problem:" + std::string(code));
  EXPECT_EQ(body_of(response).string_at("pointer").value_or(""), pointer) << response.body;
  EXPECT_FALSE(body_of(response).string_at("detail").value_or("").empty());
}

}  // namespace mockoauth::server::testing
