#include <internal/login_turn.hpp>

#include <internal/lifetime.hpp>
#include <internal/sanitise.hpp>

namespace mimir::oauth::internal {
namespace {

Error under_way(const std::string& provider) {
  return {.category = Category::TryLater,
          .code = "login.under_way",
          .message = "Another login of " + sanitise(provider, 64) + " is under way, in another window or program.",
          .hint = "Finish or stop that one. To start another beside it: mimir connect --when-busy start"};
}

Result<std::uint64_t> stored_generation(ManagerState& state, const Context& context) {
  const auto login = state.seams.storage.load(context.provider);
  if (!login) return fail(login.error());
  return *login ? (*login)->generation : 0;
}

/// The login that has come since, if it is what is wanted here, too.
std::optional<OAuthTokens> login_since(std::uint64_t before, ManagerState& state, const Context& context) {
  auto login = state.usable_login(context.provider);
  if (!login || login->generation == before) return std::nullopt;
  if (!is_fresh(login->tokens, context.now(), state.options.refresh_early)) return std::nullopt;
  return std::move(login->tokens);
}

}  // namespace

Result<LoginTurn> take_login_turn(ManagerState& state, const Context& context) {
  using OtherLogin = ManagerOptions::OtherLogin;
  const auto name = "=login " + context.provider;  // no login is called so: record_name.hpp
  auto& storage = state.seams.storage;
  const auto before = stored_generation(state, context);
  if (!before) return fail(before.error());
  auto held = storage.lock(name, std::chrono::milliseconds(0), context.deadline.stop());
  if (held) return LoginTurn{.held = *std::move(held)};
  if (held.error().code != "storage.lock_timeout") return fail(std::move(held.error()));
  switch (state.options.other_login) {
    case OtherLogin::Refuse: return fail(under_way(context.provider));
    case OtherLogin::GoOn:
      context.emit(Event::Kind::Warning, "another login of " + sanitise(context.provider, 64) +
                                             " is under way; the one that ends last is kept");
      return LoginTurn{};
    case OtherLogin::Wait: break;
  }
  context.emit(Event::Kind::OtherLogin, under_way(context.provider).message);
  held = storage.lock(name, context.deadline.at_most(state.options.login_timeout), context.deadline.stop());
  if (!held) return fail(held.error().code == "storage.lock_timeout" ? under_way(context.provider) : std::move(held.error()));
  return LoginTurn{.held = *std::move(held), .of_the_other = login_since(*before, state, context)};
}

}  // namespace mimir::oauth::internal
