// Who is logged in, by the word of the provider: OIDC Core §5.3.
#include <mimir/oauth/user_info.hpp>

#include <mimir/oauth/token_source.hpp>

#include <internal/id_token.hpp>
#include <internal/manager_impl.hpp>
#include <internal/sanitise.hpp>
#include <internal/user_info_response.hpp>

namespace mimir::oauth {

std::string_view UserInfo::claim(std::string_view name) const {
  for (const auto& [known, value] : claims) {
    if (known == name) return value;
  }
  return {};
}

Result<UserInfo> OAuthManager::user_info(const std::string& provider, const CallOptions& options) {
  const internal::Deadline deadline(options, 3 * impl_->options.request_timeout);
  const internal::Context context{impl_->seams, impl_->options, provider, deadline};
  const auto shown = internal::sanitise(provider, 64);
  const auto login = impl_->usable_login(provider);
  if (!login) return fail(login.error());
  const auto& id_token = login->tokens.id_token;
  const auto subject = id_token ? internal::subject_of_stored(*id_token) : std::nullopt;
  if (!subject) {
    // OIDC Core §5.3.2: without an ID Token to compare with, nobody can tell whose it is.
    return fail({.category = Category::Misconfigured,
                 .code = "user_info.no_id_token",
                 .message = "The login of " + shown + " has no ID Token by which to tell whose it is.",
                 .hint = "Log in with the scope openid.",
                 .spec = "OIDC Core §5.3.2"});
  }
  const auto metadata = impl_->discovery.find(login->config, {.userinfo = true}, context);
  if (!metadata) return fail(metadata.error());
  const auto& url = metadata->endpoints.userinfo;
  if (url.empty()) {
    return fail({.category = Category::Misconfigured,
                 .code = "user_info.not_offered",
                 .message = shown + " tells nobody who is logged in.",
                 .hint = "Your login is kept as it is.",
                 .spec = "OIDC Core §5.3"});
  }
  TokenSource source(*this, provider, LoginPolicy::Never);
  const auto response = source.send({.url = url, .headers = {{"Accept", "application/json"}},
                                     .timeout = impl_->options.request_timeout},
                                    {.timeout = deadline.remaining(), .stop = deadline.stop()});
  if (!response) return fail(response.error());
  return internal::read_user_info(
      *response, *subject,
      {.step = internal::Step::UserInfo, .provider = shown, .url = url, .now = context.now()});
}

}  // namespace mimir::oauth
