#include "protocol/strike.hpp"

#include "protocol/issue.hpp"

namespace mockoauth::server {
namespace {

// Whose login the request is about, as far as it shows: by the code or token that it presents.
void find_login(Call& call, RequestFacts& facts) {
  auto tables = call.realm.store.open();
  const auto note = [&](const auto* row) {
    if (row == nullptr || !facts.flow.empty()) return;
    facts.flow = row->login;
    if (const Login* login = tables->find_login(row->login)) facts.user = subject_of(*login);
  };
  for (const char* name : {"code", "refresh_token", "token", "subject_token", "access_token"}) {
    const auto text = call.exchange.parameters.first(name);
    if (!text) continue;
    note(tables->find_code(*text));
    note(tables->find_refresh(*text));
    note(tables->find_access(*text));
  }
  const auto header = call.request.header("Authorization").value_or("");
  if (const auto space = header.find(' '); space != std::string::npos) note(tables->find_access(header.substr(space + 1)));
  if (facts.flow.empty()) facts.flow = call.exchange.grant;
}

RequestFacts facts_of(Call& call) {
  const auto& exchange = call.exchange;
  RequestFacts facts{exchange.endpoint, exchange.grant_type, exchange.client_id, exchange.parameters, call.request, &call};
  if (!call.realm.faults.looks_at_logins()) return facts;
  find_login(call, facts);
  if (facts.user.empty() && exchange.endpoint == "authorize") {
    facts.user = call.realm.registrations.person(call.query.first("login_hint").value_or("")).user.sub;
  }
  return facts;
}

}  // namespace

void strike(Call& call, Phase phase) {
  if (!call.realm.faults.has_rules_at(phase)) return;
  ++call.rules.occasion;
  const auto facts = facts_of(call);
  while (!(phase == Phase::BeforeValidation && call.answer)) {
    const auto next = call.realm.faults.take(phase, facts, call.rules);
    if (!next) return;
    call.exchange.faults.push_back(next->fault->name);
    next->fault->apply(call, next->arguments);
  }
}

}  // namespace mockoauth::server
