// A body that is compressed, or not, and a header that is right about it, or not (RFC 9110 §8.4).
#include "protocol/call.hpp"
#include "protocol/fault.hpp"
#include "protocol/gzip.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_http_gzip(const Call& call, const Json&) {
  if (call.answer->body.empty()) return "the answer has no body";
  return call.answer->header("Content-Encoding") ? "the answer is encoded already" : "";
}

void compress(Call& call, const Json& arguments) {
  const auto how = arguments.string_at("how").value_or("right");
  auto& answer = *call.answer;
  if (how != "only_header") answer.body = gzip(answer.body);
  if (how == "cut") answer.body.resize(answer.body.size() / 2);
  if (how != "only_body") answer.set_header("Content-Encoding", "gzip");
}

}  // namespace

void register_http_gzip(Faults& faults) {
  faults.add(
      {.name = "http.gzip",
       .title = "The answer is compressed although nobody asked for it, or says that it is",
       .layer = "http",
       .phase = Phase::BeforeSend,
       .arguments = {{.name = "how",
                      .meaning = "Both body and header; a header that lies; a body that is not announced; a body that "
                                 "ends in the middle. `right` when left out.",
                      .choices = {"right", "only_header", "only_body", "cut"}}},
       .apply = compress,
       .misfit = misfit_of_http_gzip,
       .example = {.rule = R"({"arguments": {"how": "only_header"}})"}});
}

}  // namespace mockoauth::server
