// mimir auth logout NAME: revoke what can be revoked, then forget the login.

#include <commands/commands.hpp>
#include <exit_status.hpp>
#include <mimir/codec/json.hpp>
#include <session.hpp>

namespace mimir::cli {
namespace {

using Outcome = oauth::RevokeReport::Outcome;

const char* word_for(Outcome outcome) {
  switch (outcome) {
    case Outcome::Revoked: return "revoked";
    case Outcome::NotHeld: return "not_held";
    case Outcome::NotOffered: return "not_offered";
    case Outcome::Failed: return "may_still_be_live";
  }
  return "may_still_be_live";
}

/// Deleted without a word to the provider.
oauth::Result<oauth::RevokeReport> forget(const std::string& name, Session& session) {
  const auto stop = session.call_options().stop;
  const auto lock = session.storage().lock(name, std::chrono::seconds(30), stop);
  if (!lock) return oauth::fail(lock.error());
  if (auto erased = session.storage().erase(name); !erased) return oauth::fail(std::move(erased.error()));
  return oauth::RevokeReport{.deleted = true};
}

/// The provider's end of it may fail; here it is forgotten in any case.
int unregister(const std::string& name, Session& session) {
  const auto ended = session.manager().end_registration(name, session.call_options());
  if (!ended) return session.report(ended.error(), name);
  if (*ended) {
    session.terminal().success("The provider has ended the registration of this program.");
  } else {
    session.terminal().warning("No registration was ended at the provider; here none is left.");
  }
  return kDone;
}

}  // namespace

int run_command(const LogoutArguments& arguments) {
  auto session = Session::open({.storage = arguments.storage, .trace = arguments.trace});
  if (!session) return report_unopened(session.error());
  if (const auto known = (*session)->configure(arguments.name); !known) return (*session)->report(known.error(), arguments.name);
  const auto& terminal = (*session)->terminal();
  const auto known = (*session)->storage().load(arguments.name);
  const bool is_out = known && !*known;
  if (is_out && !arguments.json) {
    return terminal.result("You are not logged in to " + arguments.name + ".\n") ? kDone : kLocal;
  }
  if (arguments.unregister && known && *known) {  // how the registration is found goes with the login
    (*session)->manager().add_provider(arguments.name, (*known)->config.clone());
  }
  if (!is_out && !arguments.local_only) {
    terminal.progress("Revoking access to " + arguments.name + "...");
    // CH-RV-09: RFC 7009 §2.1 lets the provider take the whole grant along.
    terminal.progress("The provider may end this program's other logins of the same account as well (--local-only avoids it).");
  }
  const auto report = is_out                  ? oauth::Result<oauth::RevokeReport>(oauth::RevokeReport{})
                      : arguments.local_only ? forget(arguments.name, **session)
                                             : (*session)->manager().revoke_access(arguments.name, (*session)->call_options());
  if (!report) return (*session)->report(report.error(), arguments.name);
  const bool failed = report->refresh_token == Outcome::Failed || report->access_token == Outcome::Failed;
  const bool revoked = report->refresh_token == Outcome::Revoked || report->access_token == Outcome::Revoked;
  if (!report->detail.empty()) terminal.warning(report->detail);
  if (failed) {
    terminal.warning("Access could not be revoked at the provider: the tokens may still be live there.");
  } else if (revoked && report->access_token == Outcome::NotOffered) {
    terminal.success("The login was ended at the provider and cannot be renewed.");
  } else if (revoked) {
    terminal.success("Access revoked.");
  } else if (arguments.local_only) {
    terminal.warning("Nothing was revoked: the tokens stay valid at the provider until they expire.");
  }
  if (report->deleted) terminal.success("Tokens deleted from this computer.");
  std::string text = "You are logged out of " + arguments.name + ".\n";
  if (arguments.json) {
    text = codec::Json::object({{"version", 1},
                                {"provider", arguments.name},
                                {"was_logged_in", !is_out},
                                {"refresh_token", word_for(report->refresh_token)},
                                {"access_token", word_for(report->access_token)},
                                {"deleted", report->deleted}})
               .dump_pretty() + '\n';
  }
  if (arguments.unregister && !is_out) {
    if (const auto status = unregister(arguments.name, **session); status != kDone) return status;
  }
  if (!terminal.result(text)) return kLocal;
  return failed ? kTryLater : kDone;
}

}  // namespace mimir::cli
