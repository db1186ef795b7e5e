// mimir fetch NAME URL: a GET with the login's token; the body goes to stdout.

#include <commands/commands.hpp>
#include <exit_status.hpp>
#include <mimir/oauth/token_source.hpp>
#include <session.hpp>

namespace mimir::cli {
namespace {

constexpr std::size_t kMaxBody = 64 * 1024 * 1024;

int status_of_answer(int http_status) {
  if (http_status >= 200 && http_status < 300) return kDone;
  return http_status == 429 || http_status >= 500 ? kTryLater : kRefused;
}

std::string explain(int http_status, const std::string& name) {
  const auto answered = "the server answered " + std::to_string(http_status);
  if (http_status == 401) return answered + ": it does not accept a token that " + name + " has just issued";
  if (http_status == 403) return answered + ": this login may not do that";
  if (http_status >= 300 && http_status < 400) return answered + " with a redirect; a token never follows one";
  return answered;
}

}  // namespace

int run_command(const FetchArguments& arguments) {
  auto session = Session::open({.storage = arguments.storage,
                                .browser = arguments.browser,
                                .login_timeout = std::chrono::seconds(arguments.timeout_seconds),
                                .trace = arguments.trace});
  if (!session) return report_unopened(session.error());
  if (const auto known = (*session)->configure(arguments.name); !known) return (*session)->report(known.error(), arguments.name);
  oauth::TokenSource source((*session)->manager(), arguments.name,
                            arguments.no_login || (*session)->unattended() ? oauth::LoginPolicy::Never : oauth::LoginPolicy::WhenNeeded);
  const auto response =
      source.send({.url = arguments.url, .max_response_bytes = kMaxBody}, (*session)->call_options());
  if (!response) return (*session)->report(response.error(), arguments.name);
  const int status = status_of_answer(response->status);
  if (status != kDone) {
    (*session)->terminal().progress("error: " + explain(response->status, arguments.name));
    if (const auto wait = response->header("Retry-After"); wait && wait->find_first_not_of("0123456789") == std::string::npos) {
      (*session)->terminal().progress("It asked to wait " + *wait + " seconds.");
    }
    return status;
  }
  return (*session)->terminal().result(response->body.expose()) ? kDone : kLocal;
}

}  // namespace mimir::cli
