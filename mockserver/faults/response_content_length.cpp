// A Content-Length that is not the body's: the client waits for bytes that never come, or takes half of them.
#include "protocol/alter_delivery.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

// A text for each field: a number, a word, nothing at all.
void lie(Delivery& delivery, const Json& arguments) {
  Headers fields;
  for (const auto& length : *arguments.find("lengths")->as_array()) {
    fields.emplace_back("Content-Length", length.as_string() != nullptr ? *length.as_string() : length.dump());
  }
  delivery.framing = std::move(fields);
}

mimir::codec::Result<> check_response_content_length(const Json& arguments) {
  const auto& lengths = *arguments.find("lengths")->as_array();
  if (lengths.size() > 10) return mimir::codec::fail("fault.arguments", "`lengths` has more than 10 items");
  for (const auto& length : lengths) {
    const auto* text = length.as_string();
    if (!length.as_int() && (text == nullptr || text->find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)) {
      return mimir::codec::fail("fault.arguments", "`lengths` holds something that is neither a whole number nor a text without line breaks");
    }
  }
  return {};
}

void content_length(Call& call, const Json& arguments) {
  alter_delivery(call, "Content-Length " + arguments.find("lengths")->dump(), lie, arguments);
}

}  // namespace

void register_response_content_length(Faults& faults) {
  faults.add(
      {.name = "response.content_length",
       .title =
           "The answer tells other lengths than its own: too long, too short, twice, none; then the end of the stream",
       .layer = "wire",
       .phase = Phase::BeforeSend,
       .other_phases = {Phase::AfterCommit},
       .arguments = {{.name = "lengths",
                      .kind = ArgumentKind::List,
                      .meaning = "A Content-Length field for each item, number or text; none: no such field.",
                      .required = true}},
       .check_arguments = check_response_content_length,
       .apply = content_length,
       .example = {.rule = R"({"arguments": {"lengths": [9999]}})"}});
}

}  // namespace mockoauth::server
