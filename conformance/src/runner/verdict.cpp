#include <algorithm>
#include <array>

#include <mockoauth/conformance/verdict.hpp>

namespace mockoauth::conformance {
namespace {

int weight(Verdict verdict) {
  static constexpr std::array kOrder{Verdict::NotApplicable, Verdict::Pass, Verdict::Warn, Verdict::Inconclusive, Verdict::Fail, Verdict::Error};
  return static_cast<int>(std::find(kOrder.begin(), kOrder.end(), verdict) - kOrder.begin());
}

template <class Visit>
void each_check(const Play& play, Visit visit) {
  for (const auto* steps : {&play.given, &play.steps}) {
    for (const auto& step : *steps) {
      for (const auto& check : step.checks) visit(check);
    }
  }
  for (const auto& check : play.checks) visit(check);
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::Pass: return "pass";
    case Verdict::Fail: return "fail";
    case Verdict::Warn: return "warn";
    case Verdict::NotApplicable: return "not-applicable";
    case Verdict::Inconclusive: return "inconclusive";
    case Verdict::Error: return "error";
  }
  return "error";
}

Verdict worse(Verdict a, Verdict b) { return weight(a) >= weight(b) ? a : b; }

Verdict Play::verdict() const {
  // A play that stopped because the client got nowhere proves nothing, whatever else was seen before.
  Verdict verdict = Verdict::Pass;
  bool inconclusive = false;
  each_check(*this, [&](const Check& check) {
    verdict = worse(verdict, check.verdict);
    inconclusive = inconclusive || check.verdict == Verdict::Inconclusive;
  });
  return inconclusive && verdict != Verdict::Error ? Verdict::Inconclusive : verdict;
}

const Check* Play::first_problem() const {
  const Verdict decisive = verdict();
  const Check* first = nullptr;
  each_check(*this, [&](const Check& check) {
    if (first == nullptr && check.verdict == decisive && decisive != Verdict::Pass) first = &check;
  });
  return first;
}

}  // namespace mockoauth::conformance
