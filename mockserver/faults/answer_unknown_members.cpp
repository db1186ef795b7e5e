// What a client has to ignore (RFC 6749 §5.1): members that no RFC knows.
#include "protocol/answer_members.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_answer_unknown_members(const Call& call, const Json&) {
  const auto document = answer_document(call);
  return document && document->is_object() ? std::string() : "the answer has no members";
}

void add_members(Call& call, const Json&) {
  set_answer_member(call, "x_vendor", Json::object({{"plan", "gold"}, {"limits", Json::array({Json(1), Json(), Json(true)})}}));
  set_answer_member(call, "x_null", Json());
  set_answer_member(call, "x_\u00fcml\u00e4ut", Json("\u2603"));
}

}  // namespace

void register_answer_unknown_members(Faults& faults) {
  faults.add({.name = "answer.unknown_members",
              .title = "The answer has members that no RFC knows: an object, a null, a name that is not ASCII",
              .layer = "protocol",
              .phase = Phase::BeforeSend,
              .apply = add_members,
              .misfit = misfit_of_answer_unknown_members});
}

}  // namespace mockoauth::server
