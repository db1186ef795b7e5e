// mimir auth token [NAME]: a usable access token on stdout, for scripts. Never a refresh token.

#include <unistd.h>

#include <commands/commands.hpp>
#include <exit_status.hpp>
#include <mimir/codec/json.hpp>
#include <mimir/oauth/accounts.hpp>
#include <mimir/oauth/token_source.hpp>
#include <session.hpp>

namespace mimir::cli {

int run_command(const TokenArguments& arguments) {
  auto session = Session::open({.storage = arguments.storage, .trace = arguments.trace});
  if (!session) return report_unopened(session.error());
  const auto name = oauth::choose_account((*session)->storage(), arguments.name, (*session)->environment());
  if (!name) {
    (*session)->terminal().error(name.error());
    return exit_status_of(name.error(), false);
  }
  if (const auto known = (*session)->configure(*name); !known) return (*session)->report(known.error(), *name);
  oauth::TokenSource source((*session)->manager(), *name, oauth::LoginPolicy::Never);
  const auto token = source.access_token((*session)->call_options());
  if (!token) return (*session)->report(token.error(), *name);
  if (isatty(STDOUT_FILENO) == 1) {
    (*session)->terminal().warning("Whoever sees this token can use it until it expires.");
  }
  oauth::Secret text;
  if (arguments.json) {
    auto json = codec::Json::object({{"version", 1}, {"provider", *name}});
    json.set("access_token", token->expose());
    text = oauth::Secret(json.dump_pretty() + '\n');
  } else {
    text = oauth::Secret::filled(token->size() + 1, [&](char* out) {
      token->expose().copy(out, token->size());
      out[token->size()] = '\n';
    });
  }
  return (*session)->terminal().result(text.expose()) ? kDone : kLocal;
}

}  // namespace mimir::cli
