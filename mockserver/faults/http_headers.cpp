// Header fields of an answer, set, added and taken away.
#include <algorithm>

#include "protocol/call.hpp"
#include "protocol/fault.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

// The framing of a message is made when it is sent: other faults lie about it.
bool can_be_sent(const std::string& name) {
  constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";  // RFC 9110 §5.6.2
  const bool is_token = !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           kTokenMarks.find(c) != std::string_view::npos;
  });
  return is_token && !equal_ignoring_case(name, "Content-Length") && !equal_ignoring_case(name, "Transfer-Encoding") &&
         !equal_ignoring_case(name, "Connection");
}

mimir::codec::Result<> check_edits(const Json& arguments) {
  std::vector<std::string> names;
  for (const char* member : {"set", "add"}) {
    const Json* fields = arguments.find(member);
    if (fields == nullptr) continue;
    for (const auto& [name, value] : *fields->as_object()) names.push_back(name);
  }
  if (const Json* removed = arguments.find("remove")) {
    for (const auto& name : *removed->as_array()) names.push_back(*name.as_string());
  }
  if (names.empty()) return mimir::codec::fail("fault.arguments", "nothing is set, added or removed");
  const auto bad = std::find_if_not(names.begin(), names.end(), can_be_sent);
  if (bad == names.end()) return {};
  return mimir::codec::fail("fault.arguments", "`" + bad->substr(0, 80) + "` is no field that can be set: it is no token (RFC "
                                               "9110 §5.6.2), or the framing of the message");
}

void edit_headers(Call& call, const Json& arguments) {
  auto& answer = *call.answer;
  if (const Json* removed = arguments.find("remove")) {
    for (const auto& name : *removed->as_array()) {
      std::erase_if(answer.headers, [&](const auto& field) { return equal_ignoring_case(field.first, *name.as_string()); });
    }
  }
  if (const Json* set = arguments.find("set")) {
    for (const auto& [name, value] : *set->as_object()) answer.set_header(name, *value.as_string());
  }
  if (const Json* added = arguments.find("add")) {
    for (const auto& [name, value] : *added->as_object()) answer.headers.emplace_back(name, *value.as_string());
  }
}

}  // namespace

void register_http_headers(Faults& faults) {
  faults.add(
      {.name = "http.headers",
       .title = "Header fields of the answer are removed, set and added, in this order",
       .layer = "http",
       .phase = Phase::BeforeSend,
       .arguments = {{.name = "remove", .kind = ArgumentKind::Texts, .meaning = "Names of fields that go."},
                     {.name = "set", .kind = ArgumentKind::Fields, .meaning = "Fields in place of those of that name."},
                     {.name = "add", .kind = ArgumentKind::Fields, .meaning = "Fields beside those of that name."}},
       .check_arguments = check_edits,
       .apply = edit_headers,
       .example = {.rule = R"({"arguments": {"remove": ["Cache-Control"], "set": {"Pragma": "x"},
                                                    "add": {"X-Powered-By": "PHP/4.1"}}})"}});
}

}  // namespace mockoauth::server
