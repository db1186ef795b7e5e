// mimir whoami [NAME] [--json]: who is logged in, by the word of the provider.
#include <commands/commands.hpp>
#include <exit_status.hpp>
#include <mimir/codec/json.hpp>
#include <mimir/oauth/accounts.hpp>
#include <session.hpp>

namespace mimir::cli {
namespace {

std::string as_json(const std::string& name, const oauth::UserInfo& user) {
  auto claims = codec::Json::object();
  for (const auto& [claim, value] : user.claims) claims.set(claim, value);
  auto json = codec::Json::object({{"version", 1}, {"provider", name}, {"subject", printable(user.subject)}});
  json.set("claims", std::move(claims));
  return json.dump_pretty() + '\n';
}

/// Each claim is a line of its own, under a line that says whose words they are: a name that reads like one of our own
/// messages stays a name (CH-CL-16).
std::string as_text(const std::string& name, const oauth::UserInfo& user) {
  std::string text = name + " says of you:\n  sub: " + printable(user.subject) + '\n';
  for (const auto& [claim, value] : user.claims) text += "  " + claim + ": " + value + '\n';
  return text;
}

}  // namespace

int run_command(const WhoamiArguments& arguments) {
  auto session = Session::open({.storage = arguments.storage, .trace = arguments.trace});
  if (!session) return report_unopened(session.error());
  const auto name = oauth::choose_account((*session)->storage(), arguments.name, (*session)->environment());
  if (!name) return (*session)->report(name.error(), arguments.name);
  if (const auto known = (*session)->configure(*name); !known) return (*session)->report(known.error(), *name);
  const auto user = (*session)->manager().user_info(*name, (*session)->call_options());
  if (!user) return (*session)->report(user.error(), *name);
  const auto& terminal = (*session)->terminal();
  if (arguments.json) return terminal.result(as_json(*name, *user)) ? kDone : kLocal;
  auto text = as_text(*name, *user);
  // Where bytes are not read as UTF-8 the second byte of a letter may be a control of the terminal (CH-CL-05).
  if (!is_utf8_locale((*session)->environment())) text = printable_lines(std::move(text));
  return terminal.result(text) ? kDone : kLocal;
}

}  // namespace mimir::cli
