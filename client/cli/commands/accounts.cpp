// mimir accounts: whose logins there are, which one is the default, and where they are kept. No secrets.

#include <commands/commands.hpp>
#include <exit_status.hpp>
#include <mimir/codec/json.hpp>
#include <mimir/oauth/accounts.hpp>
#include <mimir/oauth/login_import.hpp>
#include <session.hpp>

namespace mimir::cli {
namespace {

codec::Json as_json(const oauth::AccountInfo& account, const std::string& default_name) {
  auto json = codec::Json::object({{"name", account.name}, {"default", account.name == default_name}});
  if (account.trouble) {
    json.set("trouble", account.trouble->code);
    return json;
  }
  json.set("issuer", account.key.issuer);
  json.set("client_id", account.key.client_id);
  json.set("subject", account.key.subject.empty() ? codec::Json() : codec::Json(account.key.subject));
  json.set("logged_in", account.logged_in);
  json.set("renewable", account.renewable);
  json.set("expires_at", account.expires_at ? codec::Json(codec::format_iso8601(*account.expires_at)) : codec::Json());
  return json;
}

std::string as_text(const oauth::AccountInfo& account, const std::string& default_name) {
  std::string text = account.name + (account.name == default_name ? " (default): " : ": ");
  if (account.trouble) {
    text += account.trouble->message + " [" + account.trouble->code + "]";
  } else {
    text += account.key.issuer + ", client " + account.key.client_id;
    if (!account.key.subject.empty()) text += ", account " + account.key.subject;
    text += !account.logged_in ? ", logged out" : account.renewable ? ", renewed automatically" : ", cannot be renewed";
  }
  return printable(std::move(text)) + '\n';
}

int list(const AccountsArguments& arguments, Session& session) {
  const auto accounts = oauth::list_accounts(session.storage());
  if (!accounts) return session.report(accounts.error(), "");
  const auto recorded = oauth::default_account(session.storage()).value_or("");
  std::string text;
  codec::Json::Array items;
  for (const auto& account : *accounts) {
    text += as_text(account, recorded);
    items.push_back(as_json(account, recorded));
  }
  if (arguments.json) {
    text = codec::Json::object({{"version", 1}, {"storage", session.storage().description()}, {"accounts", std::move(items)}})
               .dump_pretty() + '\n';
  } else if (accounts->empty()) {
    session.terminal().progress("There are no logins.");
  } else {
    session.terminal().progress("Kept in: " + session.storage().description());
  }
  return session.terminal().result(text) ? kDone : kLocal;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return printable(std::move(text));
}

/// @returns whether all of them are kept now.
oauth::Result<bool> import_file(const AccountsArguments& arguments, Session& session) {
  const oauth::SystemClock clock;
  const auto report = oauth::import_logins({.file = arguments.import_file,
                                            .issuer = arguments.import_issuer,
                                            .client_id = arguments.import_client_id,
                                            .name = arguments.import_name,
                                            .keep_file = arguments.import_keeps_file},
                                           session.storage(), clock);
  if (!report) return oauth::fail(report.error());
  auto& terminal = session.terminal();
  if (!report->imported.empty()) terminal.success("Imported: " + listed(report->imported) + ".");
  if (!report->left.empty()) {
    terminal.progress("Not imported, since there are other logins of these names: " + listed(report->left) + ".");
  }
  const std::string still_there = " is still there. Renewing a token here may end its copy there.";
  terminal.progress(arguments.import_file + (report->file_removed ? " is removed." : still_there));
  if (report->readable_by_others) {
    terminal.progress("Other users could read that file: log out and in again to be rid of those tokens.");
  }
  return report->left.empty();
}

}  // namespace

int run_command(const AccountsArguments& arguments) {
  auto session = Session::open({.storage = arguments.storage, .trace = arguments.trace});
  if (!session) return report_unopened(session.error());
  if (!arguments.default_name.empty()) {
    const auto set = oauth::set_default_account((*session)->storage(), arguments.default_name);
    if (!set) return (*session)->report(set.error(), arguments.default_name);
    (*session)->terminal().success(arguments.default_name + " is the default now.");
  }
  if (!arguments.move_to.empty()) {
    const auto moved = oauth::move_logins((*session)->storage_options(), arguments.move_to, (*session)->random());
    if (!moved) return (*session)->report(moved.error(), "");
    (*session)->terminal().success("Moved " + std::to_string(*moved) + " logins.");
  }
  if (!arguments.import_file.empty()) {
    const auto whole = import_file(arguments, **session);
    if (!whole) return (*session)->report(whole.error(), arguments.import_name);
    if (const int listed = list(arguments, **session); listed != kDone) return listed;
    return *whole ? kDone : kLocal;
  }
  return list(arguments, **session);
}

}  // namespace mimir::cli
