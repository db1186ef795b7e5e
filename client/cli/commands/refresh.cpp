// mimir auth refresh NAME: renew the access token now, whether it is needed or not.

#include <commands/commands.hpp>
#include <exit_status.hpp>
#include <mimir/codec/json.hpp>
#include <session.hpp>

namespace mimir::cli {

int run_command(const RefreshArguments& arguments) {
  auto session = Session::open({.storage = arguments.storage, .trace = arguments.trace});
  if (!session) return report_unopened(session.error());
  if (const auto known = (*session)->configure(arguments.name); !known) return (*session)->report(known.error(), arguments.name);
  const auto tokens = (*session)->manager().refresh_token(arguments.name, (*session)->call_options());
  if (!tokens) return (*session)->report(tokens.error(), arguments.name);
  if (arguments.json) {
    auto json = codec::Json::object({{"version", 1}, {"provider", arguments.name}, {"renewed", true}});
    json.set("expires_at", tokens->expires_at ? codec::Json(codec::format_iso8601(*tokens->expires_at)) : codec::Json());
    return (*session)->terminal().result(json.dump_pretty() + '\n') ? kDone : kLocal;
  }
  std::string text = arguments.name + ": renewed";
  if (tokens->expires_at) text += ", access token valid until " + codec::format_iso8601(*tokens->expires_at);
  return (*session)->terminal().result(text + '\n') ? kDone : kLocal;
}

}  // namespace mimir::cli
