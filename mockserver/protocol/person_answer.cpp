#include "protocol/person_answer.hpp"

#include <optional>

namespace mockoauth::server {

Person person_at(const Call& call, std::string_view login_hint) {
  auto person = call.realm.registrations.person(login_hint);
  if (!call.person) return person;
  const auto& answer = *call.person;
  if (answer.decision) person.decision = *answer.decision;
  if (answer.scopes) person.allowed_scopes = answer.scopes;
  if (!answer.sub.empty()) {
    person.is_chosen = true;
    const auto known = call.realm.registrations.find_user(answer.sub);
    person.user = known ? *known : User{.sub = answer.sub, .name = answer.sub};
  }
  return person;
}

}  // namespace mockoauth::server
