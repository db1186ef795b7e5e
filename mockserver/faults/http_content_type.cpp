// A Content-Type that does not say what the body is.
#include "protocol/call.hpp"
#include "protocol/fault.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void other_content_type(Call& call, const Json& arguments) {
  if (const auto type = arguments.string_at("type")) {
    call.answer->set_header("Content-Type", *type);
  } else {
    std::erase_if(call.answer->headers, [](const auto& field) { return equal_ignoring_case(field.first, "Content-Type"); });
  }
}

}  // namespace

void register_http_content_type(Faults& faults) {
  faults.add({.name = "http.content_type",
              .title = "The answer has another Content-Type, or none; its body stays as it is",
              .layer = "http",
              .phase = Phase::BeforeSend,
              .arguments = {{.name = "type", .kind = ArgumentKind::Field, .meaning = "Which one; left out: none."}},
              .apply = other_content_type,
              .example = {.rule = R"({"arguments": {"type": "text/html; charset=iso-8859-1"}})"}});
}

}  // namespace mockoauth::server
