// mimir auth logout NAME: revoke what can be revoked, then forget the login.
#include <cstdio>

#include <commands/commands.hpp>
#include <exit_status.hpp>
#include <session.hpp>

namespace mimir::cli {
namespace {

using Outcome = oauth::RevokeReport::Outcome;

}  // namespace

int run_command(const LogoutArguments& arguments) {
  auto session = Session::open({});
  if (!session) {
    std::fprintf(stderr, "error: %s\n", session.error().message.c_str());
    return exit_status_of(session.error(), false);
  }
  const auto& terminal = (*session)->terminal();
  const auto known = (*session)->storage().load(arguments.name);
  if (known && !*known) return terminal.result("You are not logged in to " + arguments.name + ".\n") ? kDone : kLocal;

  terminal.progress("Revoking access to " + arguments.name + "...");
  const auto report = (*session)->manager().revoke_access(arguments.name, (*session)->call_options());
  if (!report) return (*session)->report(report.error(), arguments.name);
  const bool failed = report->refresh_token == Outcome::Failed || report->access_token == Outcome::Failed;
  const bool revoked = report->refresh_token == Outcome::Revoked || report->access_token == Outcome::Revoked;
  if (!report->detail.empty()) terminal.warning(report->detail);
  if (failed) {
    terminal.warning("Access could not be revoked at the provider: the tokens may still be live there.");
  } else if (revoked) {
    terminal.success("Access revoked.");
  }
  terminal.success("Tokens deleted from this computer.");
  if (!terminal.result("You are logged out of " + arguments.name + ".\n")) return kLocal;
  return failed ? kTryLater : kDone;
}

}  // namespace mimir::cli
