#include "tests/profiles/golden.hpp"

#include <algorithm>

#include <mimir/codec/form.hpp>
#include <mockoauth/document/document.hpp>

#include "protocol/text.hpp"

namespace mockoauth::server::testing {

using mimir::codec::Json;

namespace {

template <class T>
using Read = mimir::codec::Expected<T, document::DataFileError>;

constexpr std::string_view kMarks[] = {"<string>", "<integer>", "<boolean>", "<object>", "<any>"};

Read<std::string> take_text(const document::Document& file, const std::string& at, const Json& value) {
  if (const auto* text = value.as_string()) return *text;
  return tl::unexpected(file.error_at(at, "expected a text"));
}

Read<GoldenAnswer> read_answer(const document::Document& file, const std::string& at, const Json& value) {
  GoldenAnswer answer;
  const auto* members = value.as_object();
  if (members == nullptr) return tl::unexpected(file.error_at(at, "expected a mapping"));
  for (const auto& [name, member] : *members) {
    const auto place = at + "/" + name;
    if (name == "status" && member.as_int()) {
      answer.status = static_cast<int>(*member.as_int());
    } else if (name == "members") {
      answer.members = member;
    } else if (name == "redirect") {
      answer.redirect = member;
    } else if (name == "headers") {
      answer.headers = member;
    } else if (name == "by_fault" && member.as_bool()) {
      answer.by_fault = *member.as_bool();
    } else if (name == "more" && member.as_array() != nullptr) {
      for (const auto& item : *member.as_array()) answer.more.push_back(item.as_string() == nullptr ? "" : *item.as_string());
    } else {
      auto text = take_text(file, place, member);
      if (!text) return tl::unexpected(text.error());
      if (name == "case") answer.name = *text;
      else if (name == "from") answer.from = *text;
      else if (name == "play") answer.play = *text;
      else if (name == "variant") answer.variant = *text;
      else if (name == "scope") answer.scope = *text;
      else if (name == "type") answer.type = *text;
      else if (name == "text") answer.text = *text;
      else if (name == "accept") answer.accept = *text == "none" ? std::nullopt : std::optional(*text);
      else return tl::unexpected(file.error_at(place, "there is no member " + name));
    }
  }
  if (answer.name.empty() || answer.play.empty()) return tl::unexpected(file.error_at(at, "case and play are needed"));
  if (answer.from != "recorded" && answer.from != "documented") {
    return tl::unexpected(file.error_at(at, "from is recorded or documented"));
  }
  return answer;
}

std::string kind_of(const Json& value) {
  if (value.is_string()) return "<string>";
  if (value.is_int()) return "<integer>";
  if (value.is_bool()) return "<boolean>";
  if (value.is_object()) return "<object>";
  return value.dump();
}

// `ya29.<string>` is a text that begins so and goes on.
bool fits(const std::string& wanted, const Json& seen) {
  if (wanted == "<any>") return true;
  const bool is_mark = std::find(std::begin(kMarks), std::end(kMarks), wanted) != std::end(kMarks);
  if (is_mark) return wanted == kind_of(seen) && !(seen.is_string() && seen.as_string()->empty());
  const auto* text = seen.as_string();
  constexpr std::string_view kRest = "<string>";
  if (text != nullptr && wanted.ends_with(kRest)) {
    const auto start = wanted.substr(0, wanted.size() - kRest.size());
    return text->starts_with(start) && text->size() > start.size();
  }
  return text != nullptr && *text == wanted;
}

void compare(const Json& wanted, const Json& seen, const std::string& at, const GoldenAnswer& golden,
             std::vector<std::string>& out) {
  const auto* members = wanted.as_object();
  if (members == nullptr) {
    const auto* text = wanted.as_string();
    if (text != nullptr ? fits(*text, seen) : wanted == seen) return;
    out.push_back((at.empty() ? "the body" : at) + " is " + seen.dump() + ", expected " + wanted.dump());
    return;
  }
  if (!seen.is_object()) {
    out.push_back((at.empty() ? "the body" : at) + " is " + seen.dump() + ", expected an object");
    return;
  }
  for (const auto& [name, value] : *members) {
    const auto place = at + "/" + mimir::codec::json_pointer_escape(name);
    const Json* member = seen.find(name);
    if (member == nullptr) {
      out.push_back(place + " is missing, expected " + value.dump());
    } else {
      compare(value, *member, place, golden, out);
    }
  }
  for (const auto& [name, value] : *seen.as_object()) {
    const auto place = at + "/" + mimir::codec::json_pointer_escape(name);
    if (wanted.find(name) == nullptr && !contains(golden.more, place)) {
      out.push_back(place + " is there (" + value.dump() + "), expected no such member");
    }
  }
}

Json body_of(const HttpResponse& response, const std::string& type) {
  if (type != "application/x-www-form-urlencoded") return Json::parse(response.body).value_or(Json());
  Json body = Json::object();
  const auto parameters = mimir::codec::Parameters::parse(response.body);
  if (!parameters) return {};
  for (const auto& [name, value] : parameters->pairs()) body.set(name, Json(value));
  return body;
}

}  // namespace

Read<GoldenFile> load_golden(const std::string& path) {
  const auto file = document::load(path);
  if (!file) return tl::unexpected(file.error());
  GoldenFile golden;
  golden.provider = file->value.string_at("provider").value_or("");
  const Json* answers = file->value.find("answers");
  if (golden.provider.empty() || answers == nullptr || answers->as_array() == nullptr || answers->as_array()->empty()) {
    return tl::unexpected(file->error_at("", "provider and at least one of answers are needed"));
  }
  for (std::size_t i = 0; i < answers->as_array()->size(); ++i) {
    auto answer = read_answer(*file, "/answers/" + std::to_string(i), answers->as_array()->at(i));
    if (!answer) return tl::unexpected(answer.error());
    golden.answers.push_back(std::move(*answer));
  }
  return golden;
}

std::vector<std::string> differences(const GoldenAnswer& golden, const HttpResponse& seen) {
  std::vector<std::string> out;
  if (seen.status != golden.status) {
    out.push_back("the status is " + std::to_string(seen.status) + ", expected " + std::to_string(golden.status) + ": " +
                  seen.body.substr(0, 300) + seen.header("Location").value_or(""));
  }
  const auto header = seen.header("Content-Type").value_or("");
  const std::string type(trim(std::string_view(header).substr(0, header.find(';'))));
  if (golden.type.empty() ? !seen.body.empty() : type != golden.type) {
    out.push_back("the content type is \"" + type + "\", expected \"" + golden.type + "\"");
  }
  if (const auto* headers = golden.headers.as_object()) {
    for (const auto& [name, value] : *headers) {
      const auto text = seen.header(name);
      const auto wanted = value.as_string() == nullptr ? value.dump() : *value.as_string();
      if (!text || !fits(wanted, Json(*text))) out.push_back("the header " + name + " is " + text.value_or("missing") + ", expected " + wanted);
    }
  }
  if (golden.text && *golden.text != seen.body) out.push_back("the body is \"" + seen.body + "\", expected \"" + *golden.text + "\"");
  if (const auto* redirect = golden.redirect.as_object()) {
    const auto location = seen.header("Location").value_or("");
    const auto mark = location.find_first_of("?#");
    const auto sent = mimir::codec::Parameters::parse(mark == std::string::npos ? "" : location.substr(mark + 1));
    for (const auto& [name, value] : *redirect) {
      const auto text = sent ? sent->one(name) : std::nullopt;
      if (!text || !fits(*value.as_string(), Json(*text))) out.push_back("the redirect goes to " + location + ", expected " + name + "=" + *value.as_string());
    }
  }
  if (!golden.members.is_null()) compare(golden.members, body_of(seen, type), "", golden, out);
  return out;
}

}  // namespace mockoauth::server::testing
