// An HTML page where JSON is expected: a proxy, a captive portal, a maintenance page.
#include "protocol/answers.hpp"
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_answer_html(const Call& call, const Json&) {
  return call.answer->header("Location") ? "the answer is a redirect" : "";
}

void page(Call& call, const Json& arguments) {
  const int status = static_cast<int>(arguments.int_at("status").value_or(call.answer->status));
  call.answer = page_answer(status, std::string(reason_phrase(status)), "The service answers with a page.", "gateway");
}

}  // namespace

void register_answer_html(Faults& faults) {
  faults.add({.name = "answer.html",
              .title = "An HTML page instead of the answer, as a proxy or a captive portal sends one",
              .layer = "protocol",
              .phase = Phase::BeforeSend,
              .other_phases = {Phase::AfterCommit},
              .arguments = {{.name = "status",
                             .kind = ArgumentKind::Number,
                             .meaning = "Its status; left out: that of the answer.",
                             .least = 200,
                             .most = 599}},
              .apply = page,
              .misfit = misfit_of_answer_html,
              .example = {.rule = R"({"arguments": {"status": 502}})"}});
}

}  // namespace mockoauth::server
