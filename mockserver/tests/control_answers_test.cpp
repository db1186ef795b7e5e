// The OpenAPI document tells every answer: each operation is called, once so that it succeeds and once so that it is refused, and the
// fixture holds what comes to the document.
#include <set>

#include "tests/control_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

class ControlAnswers : public ControlFixture {
 protected:
  ControlAnswers() {
    create("one");
    tokens_ = login("one");
    const auto realm = server_.find_realm("one");
    kid_ = realm->keys().states(realm->clock().now()).front().kid;
    user_code_ = body_of(server_.handle({.method = "POST", .target = "/r/one/device_authorization",
                                         .headers = {{"Content-Type", std::string(kFormType)}},
                                         .body = "client_id=app"})).string_at("user_code").value_or("");
  }

  struct Step {
    std::string method;
    std::string path;  ///< As the document has it.
    std::string target;
    std::string body = {};
  };

  /// One call of each operation, in an order in which all succeed.
  [[nodiscard]] std::vector<Step> steps() const {
    const std::string realm = "/realms/{realm}";
    const auto token = R"({"token": ")" + tokens_.string_at("access_token").value_or("") + R"("})";
    const std::string client = R"({"client_id": "other", "redirect_uris": ["http://127.0.0.1/cb"]})";
    std::vector<Step> all = {
        {"GET", "/openapi.json", "/openapi.json"},
        {"GET", "/faults", "/faults"},
        {"GET", "/realms", "/realms"},
        {"POST", "/realms", "/realms", R"({"name": "two", "clock": {"frozen": true}})"},
        {"GET", realm, "/realms/one"},
        {"GET", realm + "/clock", "/realms/one/clock"},
        {"POST", realm + "/clock", "/realms/one/clock", R"({"advance_s": 1})"},
        {"POST", realm + "/faults", "/realms/one/faults", kWholeRule},
        {"POST", realm + "/faults", "/realms/one/faults", kSequence},
        {"GET", realm + "/faults", "/realms/one/faults"},
        {"POST", realm + "/logins", "/realms/one/logins", R"({"then": [{"decision": "deny"}]})"},
        {"GET", realm + "/report", "/realms/one/report"},
        {"DELETE", realm + "/faults/{rule}", "/realms/one/faults/1"},
        {"DELETE", realm + "/faults", "/realms/one/faults"},
        {"GET", realm + "/latches", "/realms/one/latches"},
        {"POST", realm + "/latches/{latch}/await", "/realms/one/latches/x/await", R"({"count": 1, "limit_ms": 1})"},
        {"POST", realm + "/latches/{latch}/release", "/realms/one/latches/x/release", "{}"},
        {"GET", realm + "/clients", "/realms/one/clients"},
        {"POST", realm + "/clients", "/realms/one/clients", client},
        {"GET", realm + "/clients/{client_id}", "/realms/one/clients/other"},
        {"PUT", realm + "/clients/{client_id}", "/realms/one/clients/other", client},
        {"PATCH", realm + "/clients/{client_id}", "/realms/one/clients/other", R"({"scopes": ["openid"]})"},
        {"DELETE", realm + "/clients/{client_id}", "/realms/one/clients/other"},
        {"POST", realm + "/users", "/realms/one/users", R"({"sub": "eve", "email": "eve@example.com"})"},
        {"GET", realm + "/users", "/realms/one/users"},
        {"GET", realm + "/users/{sub}", "/realms/one/users/eve"},
        {"PUT", realm + "/users/{sub}", "/realms/one/users/eve", R"({"sub": "eve", "name": "Eve"})"},
        {"DELETE", realm + "/users/{sub}", "/realms/one/users/eve"},
        {"GET", realm + "/person", "/realms/one/person"},
        {"POST", realm + "/person", "/realms/one/person", R"({"scopes": ["openid"]})"},
        {"GET", realm + "/device-logins", "/realms/one/device-logins"},
        {"POST", realm + "/device-logins/{user_code}", "/realms/one/device-logins/" + user_code_, R"({"decision": "approve"})"},
        {"GET", realm + "/keys", "/realms/one/keys"},
        {"POST", realm + "/keys/rotate", "/realms/one/keys/rotate", R"({"overlap_s": 60})"},
        {"GET", realm + "/keys", "/realms/one/keys"},
        {"POST", realm + "/keys/{kid}/retire", "/realms/one/keys/" + kid_ + "/retire", "{}"},
        {"POST", realm + "/tokens/sign", "/realms/one/tokens/sign", R"({"claims": {"sub": "x"}})"},
        {"POST", realm + "/tokens/issue", "/realms/one/tokens/issue", R"({"client_id": "app", "sub": "ada", "scopes": ["openid"]})"},
        {"POST", realm + "/tokens/lookup", "/realms/one/tokens/lookup", token},
        {"GET", realm + "/grants/{flow}", "/realms/one/grants/g1"},
        {"POST", realm + "/tokens/expire", "/realms/one/tokens/expire", token},
        {"POST", realm + "/tokens/revoke", "/realms/one/tokens/revoke", token},
        {"POST", realm + "/account-events", "/realms/one/account-events", R"({"event": "password_change"})"},
        {"POST", realm + "/models/answers", "/realms/one/models/answers", R"({"text": "yes"})"},
        {"GET", realm + "/models/answers", "/realms/one/models/answers"},
        {"GET", realm + "/journal", "/realms/one/journal"},
        {"POST", realm + "/journal/await", "/realms/one/journal/await", R"({"match": {"endpoint": "token"}})"},
        {"POST", realm + "/journal/await", "/realms/one/journal/await", R"({"match": {"endpoint": "x"}, "limit_ms": 1})"},
        {"POST", realm + "/verify", "/realms/one/verify", R"({"expect": [{"match": {"endpoint": "revoke"}}]})"},
        {"POST", realm + "/reset", "/realms/one/reset"},
        {"DELETE", realm, "/realms/two"},
    };
    return all;
  }

  static constexpr const char* kWholeRule = R"({"name": "whole", "fault": "http.status", "arguments": {"status": 503},
    "phase": "before_send", "when": {"endpoint": "token", "grant_type": "refresh_token", "client_id": "app", "user": "ada",
      "flow": "g1", "method": "POST", "param": {"scope": {"absent": true}}, "header": {"X-Id": "7"}, "nth": [1, 3]},
    "times": 2, "after": 1, "probability": 0.5})";
  static constexpr const char* kSequence = R"({"then": [{"fault": "behave", "times": 2},
    {"fault": "http.status", "arguments": {"status": 503}}], "afterwards": "fail"})";

  Json tokens_;
  std::string kid_;
  std::string user_code_;
};

std::set<std::string> documented_operations() {
  std::set<std::string> all;
  const auto document = Control::openapi();
  for (const auto& [path, methods] : *document.find("paths")->as_object()) {
    for (const auto& member : *methods.as_object()) {
      std::string method = member.first;
      for (char& c : method) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      all.insert(method + " " + path);
    }
  }
  return all;
}

TEST_F(ControlAnswers, EveryOperationSucceedsAsDescribed) {
  std::set<std::string> called;
  for (const auto& step : steps()) {
    called.insert(step.method + " /_mock" + step.path);
    EXPECT_LT(call(step.method, step.target, step.body).status, 300) << step.method << " " << step.target;
  }
  EXPECT_EQ(called, documented_operations());
}

TEST_F(ControlAnswers, EveryOperationRefusesAsDescribed) {
  for (const auto& step : steps()) {
    expect_problem(call(step.method, step.target + "?nobody_knows=1", step.body), 400, "query");
  }
}

TEST_F(ControlAnswers, TellWhyARuleHadNothingToChange) {
  ASSERT_EQ(post("/realms/one/faults", R"({"fault": "answer.patch", "arguments": {"patch": [{"op": "remove", "path": "/x"}]}})").status, 201);
  (void)login("one");
  EXPECT_TRUE(body_of(get("/realms/one/faults")).at_pointer("/faults/0/missed") != nullptr);
}

TEST_F(ControlAnswers, EverySuccessWithABodyHasItsMembersDescribed) {
  const auto document = Control::openapi();
  for (const auto& [path, methods] : *document.find("paths")->as_object()) {
    for (const auto& [method, operation] : *methods.as_object()) {
      for (const auto& [status, response] : *operation.find("responses")->as_object()) {
        if (status == "default") {
          EXPECT_EQ(*response.at_pointer("/content/application~1problem+json/schema/$ref")->as_string(),
                    "#/components/schemas/Problem");
        } else if (const auto* schema = response.at_pointer("/content/application~1json/schema")) {
          const auto* members = schema->find("properties");
          EXPECT_TRUE(members != nullptr && !members->as_object()->empty()) << method << " " << path;
        } else {
          EXPECT_EQ(status, "204") << method << " " << path;
        }
      }
    }
  }
}

TEST(DocumentedAnswer, IsHeldToItsSchema) {
  const auto schema = *Json::parse(R"({"type": "object", "required": ["a"], "properties": {"a": {"type": "array", "items": {
    "type": "object", "properties": {"b": {"anyOf": [{"type": "integer"}, {"type": "object", "properties": {"c": {}}}]}}}},
    "m": {"type": "object", "additionalProperties": {"type": "object", "properties": {"n": {}}}}, "any": {"type": "object"}}})");
  const auto mismatch = [&](const std::string& text) { return DocumentedAnswers::mismatch(schema, text); };
  EXPECT_EQ(mismatch(R"({"a": [{"b": 1}, {"b": {"c": [7]}}], "m": {"x": {"n": 1}}, "any": {"y": 1}})"), "");
  EXPECT_NE(mismatch("{}"), "");
  EXPECT_NE(mismatch("{"), "");
  EXPECT_EQ(mismatch(R"({"a": [], "x": 1})"), "the schema does not tell of /x");
  EXPECT_EQ(mismatch(R"({"a": [{"x": 1}]})"), "the schema does not tell of /a/-/x");
  EXPECT_EQ(mismatch(R"({"a": [{"b": {"d": 1}}]})"), "the schema does not tell of /a/-/b/d");
  EXPECT_EQ(mismatch(R"({"a": [], "m": {"x": {"y": 1}}})"), "the schema does not tell of /m/x/y");
}

}  // namespace
}  // namespace mockoauth::server::testing
