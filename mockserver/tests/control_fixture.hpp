#pragma once

#include <algorithm>
#include <cctype>
#include <map>
#include <string>
#include <vector>

#include <mockoauth/document/document.hpp>
#include <mockoauth/server/control.hpp>

#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {

/// Whether an answer is what the OpenAPI document says of its operation.
class DocumentedAnswers {
 public:
  explicit DocumentedAnswers(const Json& openapi) {
    for (const auto& [path, methods] : *openapi.find("paths")->as_object()) {
      for (const auto& [method, operation] : *methods.as_object()) {
        std::string upper = method;
        for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        for (const auto& [status, response] : *operation.find("responses")->as_object()) {
          if (status == "default") continue;
          const auto* schema = response.at_pointer("/content/application~1json/schema");
          all_.push_back({upper, path, std::stoi(status), schema == nullptr ? "" : schema->dump()});
        }
      }
    }
  }

  void check(const std::string& method, const std::string& target, const HttpResponse& response) const {
    if (response.status >= 400) return;
    for (const auto& one : all_) {
      if (one.method != method || !is_of(one.path, target.substr(0, target.find('?')))) continue;
      EXPECT_EQ(response.status, one.status) << method << " " << target;
      if (one.schema.empty()) {
        EXPECT_TRUE(response.body.empty()) << method << " " << target << ": " << response.body;
        return;
      }
      const document::Document body{"answer", body_of(response), {}, {}};
      const auto fits = document::Schema(one.schema).check(body);
      EXPECT_TRUE(fits) << method << " " << target << ": " << fits.error().to_string() << "\n" << response.body;
      return;
    }
    ADD_FAILURE() << method << " " << target << " is not in the document";
  }

 private:
  struct Operation {
    std::string method;
    std::string path;
    int status;
    std::string schema;
  };

  static bool is_of(std::string_view pattern, std::string_view path) {
    while (!pattern.empty() && !path.empty()) {
      if (pattern.front() != '{') {
        if (pattern.front() != path.front()) return false;
        pattern.remove_prefix(1);
        path.remove_prefix(1);
        continue;
      }
      pattern.remove_prefix(pattern.find('}') + 1);
      path.remove_prefix(std::min(path.find('/'), path.size()));
    }
    return pattern.empty() && path.empty();
  }

  std::vector<Operation> all_;
};

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
