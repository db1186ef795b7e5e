// mimir auth status [NAME] [--json]: what is stored, without asking the network.

#include <commands/commands.hpp>
#include <exit_status.hpp>
#include <mimir/codec/json.hpp>
#include <mimir/oauth/accounts.hpp>
#include <session.hpp>

namespace mimir::cli {
namespace {

struct Status {
  std::string name;
  std::string state = "logged_out";  ///< valid, expired or logged_out
  std::optional<oauth::StoredLogin> login = {};
};

oauth::Result<Status> status_of(const std::string& name, Session& session) {
  auto login = session.manager().stored(name);
  if (!login) return oauth::fail(std::move(login.error()));
  Status status{.name = name};
  if (*login) {
    const auto& end = (*login)->tokens.expires_at;
    status.state = end && *end <= session.clock().now() ? "expired" : "valid";
    status.login = *std::move(login);
  }
  return status;
}

/// Never a token in it. Members may be added; those that are there keep their meaning.
codec::Json as_json(const Status& status) {
  auto json = codec::Json::object({{"provider", status.name}, {"state", status.state}});
  if (!status.login) return json;
  const auto& config = status.login->config;
  const auto& tokens = status.login->tokens;
  json.set("issuer", config.issuer);
  json.set("client_id", config.client_id);
  codec::Json::Array scopes(tokens.scopes.begin(), tokens.scopes.end());
  json.set("scopes", std::move(scopes));
  json.set("expires_at", tokens.expires_at ? codec::Json(codec::format_iso8601(*tokens.expires_at)) : codec::Json());
  json.set("renewable", tokens.refresh_token.has_value());
  return json;
}

std::string as_text(const Status& status) {
  if (!status.login) return status.name + ": not logged in\n";
  const auto& tokens = status.login->tokens;
  std::string text = status.name + ": logged in";
  if (tokens.expires_at) {
    text += status.state == "expired" ? ", access token expired " : ", access token valid until ";
    text += codec::format_iso8601(*tokens.expires_at);
  }
  text += tokens.refresh_token ? ", renewed automatically" : ", cannot be renewed";
  if (!tokens.scopes.empty()) {
    text += ", scopes:";
    for (const auto& scope : tokens.scopes) text += ' ' + scope;
  }
  return printable(std::move(text)) + '\n';
}

}  // namespace

int run_command(const StatusArguments& arguments) {
  auto session = Session::open({.storage = arguments.storage, .trace = arguments.trace});
  if (!session) return report_unopened(session.error());
  std::vector<std::string> names{arguments.name};
  if (arguments.name.empty()) {
    auto all = oauth::login_names((*session)->storage());
    if (!all) return (*session)->report(all.error(), arguments.name);
    names = *std::move(all);
  }
  std::string text;
  codec::Json::Array logins;
  bool all_logged_in = true;
  for (const auto& name : names) {
    const auto status = status_of(name, **session);
    if (!status) return (*session)->report(status.error(), name);
    all_logged_in = all_logged_in && status->login;
    text += as_text(*status);
    logins.push_back(as_json(*status));
  }
  if (arguments.json) {
    text = codec::Json::object({{"version", 1}, {"storage", (*session)->storage().description()}, {"logins", std::move(logins)}}).dump_pretty() + '\n';
  } else if (names.empty()) {
    (*session)->terminal().progress("There are no logins.");
  }
  if (!(*session)->terminal().result(text)) return kLocal;
  // Asked about one, the status answers; a list is a list.
  return arguments.name.empty() || all_logged_in ? kDone : kLoginRequired;
}

}  // namespace mimir::cli
