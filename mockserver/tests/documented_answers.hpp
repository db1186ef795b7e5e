#pragma once

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <mimir/codec/json.hpp>
#include <mockoauth/document/document.hpp>
#include <mockoauth/server/http.hpp>

namespace mockoauth::server::testing {

/// Whether an answer is what the OpenAPI document says of its operation.
class DocumentedAnswers {
 public:
  explicit DocumentedAnswers(const mimir::codec::Json& openapi)
      : problem_(*openapi.at_pointer("/components/schemas/Problem")) {
    for (const auto& [path, methods] : *openapi.find("paths")->as_object()) {
      for (const auto& [method, operation] : *methods.as_object()) {
        std::string upper = method;
        for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        for (const auto& [status, response] : *operation.find("responses")->as_object()) {
          if (status == "default") continue;
          const auto* schema = response.at_pointer("/content/application~1json/schema");
          all_.push_back({upper, path, std::stoi(status), schema == nullptr ? mimir::codec::Json() : *schema});
        }
      }
    }
  }

  void check(const std::string& method, const std::string& target, const HttpResponse& response) const {
    SCOPED_TRACE(method + " " + target + ": " + response.body);
    if (response.status >= 400) {
      EXPECT_EQ(response.header("Content-Type"), "application/problem+json");
      EXPECT_EQ(mismatch(problem_, response.body), "");
      return;
    }
    for (const auto& one : all_) {
      if (one.method != method || !is_of(one.path, target.substr(0, target.find('?')))) continue;
      EXPECT_EQ(response.status, one.status);
      EXPECT_EQ(one.schema.is_null() ? response.body : mismatch(one.schema, response.body), "");
      return;
    }
    ADD_FAILURE() << "not in the document";
  }

  /// Why the text is not what the schema describes: it breaks a rule, or has a member that the schema does not tell of,
  /// which no generated client would show. Empty: it is.
  static std::string mismatch(const mimir::codec::Json& schema, const std::string& text) {
    const auto body = mimir::codec::Json::parse(text);
    if (!body) return body.error().message;
    const auto fits = document::Schema(schema.dump()).check({"answer", *body, {}, {}});
    if (!fits) return fits.error().to_string();
    const auto untold = undescribed(schema, *body, "");
    return untold ? "the schema does not tell of " + *untold : "";
  }

 private:
  struct Operation {
    std::string method;
    std::string path;
    int status;
    mimir::codec::Json schema;  ///< Null: there is no body.
  };

  // A schema that names no members at all means any: claims, arguments.
  static std::optional<std::string> undescribed(const mimir::codec::Json& schema, const mimir::codec::Json& value,
                                                const std::string& at) {
    if (const auto* choices = schema.find("anyOf")) {
      std::optional<std::string> first;
      for (const auto& choice : *choices->as_array()) {
        if (!document::Schema(choice.dump()).check({"answer", value, {}, {}})) continue;
        const auto untold = undescribed(choice, value, at);
        if (!untold) return std::nullopt;
        first = untold;
      }
      return first;
    }
    if (const auto* items = schema.find("items"); items != nullptr && value.is_array()) {
      for (const auto& item : *value.as_array()) {
        if (auto untold = undescribed(*items, item, at + "/-")) return untold;
      }
    }
    const auto* members = schema.find("properties");
    const auto* others = schema.find("additionalProperties");
    if (!value.is_object() || (members == nullptr && others == nullptr)) return std::nullopt;
    for (const auto& [name, member] : *value.as_object()) {
      const auto* described = members == nullptr ? nullptr : members->find(name);
      if (described == nullptr) described = others;
      if (described == nullptr) return at + "/" + name;
      if (!described->is_object()) continue;  // `true`: any.
      if (auto untold = undescribed(*described, member, at + "/" + name)) return untold;
    }
    return std::nullopt;
  }

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

  mimir::codec::Json problem_;
  std::vector<Operation> all_;
};

}  // namespace mockoauth::server::testing
