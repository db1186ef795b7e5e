// Requests to a resource with the token, and what is done about a refusal.
#include <algorithm>
#include <array>
#include <utility>

#include <internal/bearer_request.hpp>
#include <internal/http_date.hpp>
#include <internal/token_source_impl.hpp>

namespace mimir::oauth {
namespace {

constexpr int kMaxWaits = 3;
/// A resource may want more scope and then a stronger login; one that goes on wanting goes on for ever.
constexpr std::size_t kMaxLogins = 2;

/// Whether a request can be sent again without doing twice what it asks for. A resource that answers 429 has done
/// nothing (RFC 6585 §4); of 503 only the method tells (RFC 9110 §9.2.2).
bool is_repeatable(const HttpResponse& response, const HttpRequest& request) {
  constexpr std::array<std::string_view, 5> kIdempotent{"GET", "HEAD", "OPTIONS", "PUT", "DELETE"};
  if (response.status == 429) return true;
  return response.status == 503 && std::ranges::find(kIdempotent, request.method) != kIdempotent.end();
}

}  // namespace

using internal::Context;
using internal::Deadline;

Result<> TokenSource::Impl::check_goes_to(const std::string& url) {
  const std::lock_guard lock(bound_mutex);
  if (!config) {
    auto found = state.config(provider);
    if (!found) return {};  // there is no token either, which is said better elsewhere
    config = *std::move(found);
  }
  return internal::check_api_origin(url, config->resources);
}

Result<bool> TokenSource::Impl::remedy(const HttpResponse& response, const HttpRequest& request, Bound& shown,
                                       Tries& tries, const Context& context) {
  if (is_repeatable(response, request)) return wait_as_told(response, tries, context);
  if (const auto demand = login_demand(response)) {
    auto better = step_up(*demand, request.url, shown.token, tries, context);
    if (!better || !*better) return better;
    auto token = obtain_to_show(context, nullptr);
    if (!token) return fail(std::move(token.error()));
    shown = *std::move(token);
    return true;
  }
  // RFC 6750 §3.1: the token is no good whatever its expiry says. Once is enough: a second 401 is the answer.
  if (response.status != 401 || std::exchange(tries.renewed, true)) return false;
  const auto refused = std::move(shown.token);
  auto token = obtain_to_show(context, &refused);
  if (!token) return fail(std::move(token.error()));
  shown = *std::move(token);
  return true;
}

Result<bool> TokenSource::Impl::wait_as_told(const HttpResponse& response, Tries& tries, const Context& context) {
  const auto pause = internal::retry_after(response, context.now());
  const auto patience = state.options.resource_patience;
  if (!pause || patience.count() == 0 || *pause > patience || *pause >= context.deadline.remaining()) return false;
  if (tries.waits++ == kMaxWaits) return false;
  context.emit(Event::Kind::Warning, "the resource asks to come back in " + std::to_string(pause->count()) + " s");
  context.wait(*pause);
  if (auto alive = context.deadline.check(); !alive) return fail(std::move(alive.error()));
  return true;
}

Result<bool> TokenSource::Impl::step_up(const LoginDemand& demand, const std::string& url, const Secret& refused,
                                        Tries& tries, const Context& context) {
  const auto wants = "the resource wants " + internal::describe(demand);
  const auto give_up = [&](const std::string& why) {
    context.emit(Event::Kind::Warning, wants + "; " + why);
    return false;
  };
  const bool asked_before = std::ranges::find(tries.logins, demand) != tries.logins.end();
  if (asked_before || tries.logins.size() == kMaxLogins) in_vain.add(url, demand);
  if (in_vain.contains(url, demand)) return give_up("a new login did not bring it");
  if (policy == LoginPolicy::Never) return give_up("that takes a new login");
  bool took_newer = false;
  auto tokens = step_ups.run(context.deadline, &refused, [&]() -> Result<OAuthTokens> {
    if (auto login = state.usable_login(provider)) {
      // Another thread or process may have logged in, or renewed the token, meanwhile.
      took_newer = !login->tokens.access_token.equals(refused) && !std::exchange(tries.took_newer, true);
      if (took_newer || internal::is_granted(demand, login->tokens)) return std::move(login->tokens);
    }
    context.emit(Event::Kind::LoginNeeded, wants);
    return manager.step_up(provider, demand,
                           {.timeout = context.deadline.remaining(), .stop = context.deadline.stop()});
  });
  if (!took_newer) tries.logins.push_back(demand);
  if (!tokens) return fail(std::move(tokens.error()));
  if (tokens->access_token.equals(refused)) return give_up("which the provider says it has granted");
  keep(*tokens, known.changes.load());
  return true;
}

Result<HttpResponse> TokenSource::send(HttpRequest request, const CallOptions& options) {
  if (auto sound = internal::check_bearer_request(request); !sound) return fail(std::move(sound.error()));
  if (auto meant = impl_->check_goes_to(request.url); !meant) return fail(std::move(meant.error()));
  request.max_redirects = 0;  // the token must not travel to where an answer points (RFC 9110 §15.4)
  const Deadline deadline = impl_->deadline_of(options);
  const Context context{impl_->state.seams, impl_->state.options, impl_->provider, deadline};
  const auto patience = request.timeout;
  auto shown = impl_->obtain_to_show(context, nullptr);
  if (!shown) return fail(std::move(shown.error()));
  Impl::Tries tries;
  while (true) {
    request.timeout = deadline.at_most(patience);
    auto response = internal::send_with_token(impl_->state, context, request, shown->token, shown->key.get());
    if (!response) return response;
    const auto again = impl_->remedy(*response, request, *shown, tries, context);
    if (!again) return fail(std::move(again.error()));
    if (!*again) return response;
  }
}

}  // namespace mimir::oauth
