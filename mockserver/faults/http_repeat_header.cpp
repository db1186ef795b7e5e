// A field that must be there once comes twice (RFC 9110 §5.3).
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_http_repeat_header(const Call& call, const Json& arguments) {
  const auto name = arguments.string_at("name").value_or("Content-Type");
  return call.answer->header(name) ? "" : "the answer has no " + name;
}

void repeat(Call& call, const Json& arguments) {
  const auto name = arguments.string_at("name").value_or("Content-Type");
  call.answer->headers.emplace_back(name, arguments.string_at("value").value_or(*call.answer->header(name)));
}

}  // namespace

void register_http_repeat_header(Faults& faults) {
  faults.add(
      {.name = "http.repeat_header",
       .title = "A header field of the answer is there twice",
       .layer = "http",
       .phase = Phase::BeforeSend,
       .arguments =
           {{.name = "name", .kind = ArgumentKind::Field, .meaning = "Which one; `Content-Type` when left out."},
            {.name = "value", .kind = ArgumentKind::Field, .meaning = "Of the second one; left out: the same again."}},
       .apply = repeat,
       .misfit = misfit_of_http_repeat_header,
       .example = {.rule = R"({"arguments": {"value": "text/html"}})"}});
}

}  // namespace mockoauth::server
