#include <internal/authorization_request.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <internal/ascii.hpp>
#include <internal/client_id_document.hpp>
#include <internal/endpoint.hpp>
#include <internal/sanitise.hpp>
#include <mimir/codec/random.hpp>
#include <mimir/codec/url.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr std::size_t kSecretBytes = 32;
constexpr const char* kSelect = "select_account";

Error no_randomness(const codec::Error& cause) {
  return {.category = Category::LocalEnvironment,
          .code = cause.code,
          .message = "No random numbers could be had: " + cause.message,
          .hint = "Nothing was sent. Check this machine's random number generator.",
          .spec = "RFC 7636 §7.1"};
}

Result<Secret> draw(Random& random) {
  auto text = codec::random_base64url(random, kSecretBytes);
  if (!text) return fail(no_randomness(text.error()));
  return Secret(*text);
}

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; });
}

bool contains_word(const std::string& list, const std::string& word) {
  const auto words = split_scopes(list);
  return std::ranges::find(words, word) != words.end();
}

/// Why an expectation cannot be asked for as it is; nothing when it can.
std::optional<std::string> fault_of(const ExpectedAccount& account, const OAuthConfig& config) {
  const bool expects = !account.subject.empty() || !account.login_hint.empty();
  if (expects && !asks_for_openid(config)) return "without the scope openid no provider says who has logged in";
  if (has_control_characters(account.subject) || has_control_characters(account.login_hint)) {
    return "it has a control character";
  }
  for (const auto& [name, value] : config.authorization_parameters) {
    if (name == "login_hint" && !account.login_hint.empty()) return "authorization_parameters has another login_hint";
    if (name == "prompt" && account.selects && contains_word(value, "none")) {
      return "authorization_parameters has prompt none, which shows nothing to select from";
    }
  }
  return std::nullopt;
}

/// An extra parameter must not weaken what the protocol sets (RFC 6749 §3.1: none twice).
std::optional<std::string> replaced_parameter(const std::vector<std::pair<std::string, std::string>>& extra) {
  constexpr std::array<std::string_view, 17> kOurs{
      "response_type", "client_id",    "redirect_uri", "state", "code_challenge", "code_challenge_method", "scope",
      "nonce",         "resource",     "request",      "request_uri", "response_mode", "client_secret",    "code_verifier",
      "dpop_jkt",      "max_age",   "acr_values"};
  for (auto it = extra.begin(); it != extra.end(); ++it) {
    const auto& name = it->first;
    const bool twice = std::any_of(extra.begin(), it, [&](const auto& earlier) { return earlier.first == name; });
    const bool hostile = name.empty() || has_control_characters(name) || has_control_characters(it->second);
    if (twice || hostile || std::find(kOurs.begin(), kOurs.end(), name) != kOurs.end()) return name;
  }
  return std::nullopt;
}

/// A header that a provider wants besides must not take the place of one that carries secrets or frames the request.
std::optional<std::string> refused_header(const std::vector<std::pair<std::string, std::string>>& headers) {
  constexpr std::array<std::string_view, 8> kOurs{"authorization", "dpop",   "cookie",           "host",
                                                  "content-type",  "accept", "content-length", "transfer-encoding"};
  for (const auto& [name, value] : headers) {
    auto lowered = name;
    std::ranges::transform(lowered, lowered.begin(), lower);
    const bool is_name = !name.empty() && std::ranges::all_of(lowered, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (!is_name || has_control_characters(value) || std::ranges::find(kOurs, lowered) != kOurs.end()) return name;
  }
  return std::nullopt;
}

Error bad_config(std::string code, std::string message) {
  return {.category = Category::Misconfigured,
          .code = std::move(code),
          .message = std::move(message),
          .hint = "Correct the configuration of this provider."};
}

}  // namespace

Result<LoginSecrets> draw_login_secrets(Random& random, bool with_nonce, std::size_t verifier_length) {
  auto state = draw(random);
  if (!state) return fail(std::move(state.error()));
  auto pkce = codec::make_pkce_pair(random, verifier_length);
  if (!pkce) return fail(no_randomness(pkce.error()));
  LoginSecrets secrets{.state = *std::move(state), .pkce = *std::move(pkce)};
  if (with_nonce) {
    auto nonce = draw(random);
    if (!nonce) return fail(std::move(nonce.error()));
    secrets.nonce = *std::move(nonce);
  }
  // The front channel shows state and nonce: were the verifier equal to one of them, PKCE would protect nothing.
  const auto verifier = secrets.pkce.verifier.expose();
  const bool repeats = verifier.starts_with(secrets.state.expose()) ||
                       (secrets.nonce && (secrets.nonce->equals(secrets.state) ||
                                          verifier.starts_with(secrets.nonce->expose())));
  if (repeats) {
    return fail(no_randomness({.code = "random.repeats", .message = "the generator repeats itself", .spec = {}}));
  }
  return secrets;
}

codec::Parameters authorization_parameters(const OAuthConfig& config, const std::string& redirect_uri,
                                           const LoginSecrets& secrets) {
  codec::Parameters parameters{{"response_type", "code"},
                               {"client_id", config.client_id},
                               {"redirect_uri", redirect_uri},
                               {"state", std::string(secrets.state.expose())},
                               {"code_challenge", secrets.pkce.challenge},
                               {"code_challenge_method", "S256"}};
  if (const auto scope = scope_parameter(config.scopes, config); !scope.empty()) parameters.add("scope", scope);
  if (secrets.nonce) parameters.add("nonce", std::string(secrets.nonce->expose()));
  if (secrets.dpop_jkt) parameters.add("dpop_jkt", *secrets.dpop_jkt);
  for (const auto& resource : config.resources) parameters.add("resource", resource);
  if (config.max_age) parameters.add("max_age", std::to_string(config.max_age->count()));
  if (!config.acr_values.empty()) parameters.add("acr_values", join_scopes(config.acr_values));
  if (!config.account.login_hint.empty()) parameters.add("login_hint", config.account.login_hint);
  bool selects = config.account.selects;  // beside what else is prompted for: OIDC Core §3.1.2.1 has a list
  for (const auto& [name, value] : config.authorization_parameters) {
    const bool is_prompt = name == "prompt" && std::exchange(selects, false);
    parameters.add(name, is_prompt && !contains_word(value, kSelect) ? value + ' ' + kSelect : value);
  }
  if (selects) parameters.add("prompt", kSelect);
  return parameters;
}

codec::Parameters in_dialect(const codec::Parameters& parameters, const ProviderDialect& dialect) {
  const auto& names = dialect.parameter_names;
  codec::Parameters result;
  for (const auto& [name, value] : parameters.pairs()) {
    const auto other = std::ranges::find(names, name, &std::pair<std::string, std::string>::first);
    result.add(other == names.end() ? name : other->second, value);
  }
  return result;
}

Result<std::string> authorization_url(const std::string& authorization_endpoint, const codec::Parameters& parameters) {
  const auto endpoint = parse_endpoint("authorization_endpoint", authorization_endpoint);
  if (!endpoint) return fail(endpoint.error());
  if (endpoint->query()) {
    const auto existing = codec::Parameters::parse(*endpoint->query());
    const bool clash = !existing || existing->repeated() ||
                       std::any_of(existing->pairs().begin(), existing->pairs().end(),
                                   [&](const auto& pair) { return parameters.count(pair.first) > 0; });
    if (clash) {
      return fail({.category = Category::ProviderBroken,
                   .code = "metadata.endpoint_query",
                   .message = "The provider's authorization_endpoint carries parameters that this request must set.",
                   .hint = "Report it to the provider, or configure that endpoint by hand.",
                   .spec = "RFC 6749 §3.1"});
    }
  }
  return endpoint->with_parameters(parameters).to_string();
}

bool asks_for_openid(const OAuthConfig& config) {
  const auto scopes = split_scopes(join_scopes(config.scopes));
  return std::find(scopes.begin(), scopes.end(), "openid") != scopes.end();
}

std::string scope_parameter(const std::vector<std::string>& scopes, const OAuthConfig& config) {
  auto text = join_scopes(scopes);
  const auto& separator = config.dialect.scope_separator;
  if (separator.size() == 1) std::ranges::replace(text, ' ', separator.front());
  return text;
}

std::string join_scopes(const std::vector<std::string>& scopes) {
  std::string text;
  for (const auto& scope : scopes) {
    if (!text.empty() && !scope.empty()) text += ' ';
    text += scope;
  }
  return text;
}

std::vector<std::string> split_scopes(std::string_view text) {
  std::vector<std::string> scopes;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0 && std::find(scopes.begin(), scopes.end(), text.substr(0, end)) == scopes.end()) {
      scopes.emplace_back(text.substr(0, end));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return scopes;
}

Result<> check_config(const std::string& provider, const OAuthConfig& config) {
  if (config.client_id.empty()) {
    return fail(bad_config("config.client_id", "No client id is configured for " + sanitise(provider, 64) + "."));
  }
  return check_login_config(provider, config);
}

Result<> check_login_config(const std::string& provider, const OAuthConfig& config) {
  const auto name = sanitise(provider, 64);
  if (config.issuer.empty()) return fail(bad_config("config.issuer", "No issuer is configured for " + name + "."));
  if (config.client_id.empty() && !config.registration) {
    return fail(bad_config("config.client_id", "No client id is configured for " + name + "."));
  }
  const bool hostile = has_control_characters(config.issuer) || has_control_characters(config.client_id) ||
                       has_control_characters(join_scopes(config.scopes)) ||
                       has_control_characters(join_scopes(config.acr_values)) ||
                       (config.client_secret && has_control_characters(config.client_secret->expose()));
  if (hostile) {
    return fail(bad_config("config.control_character",
                           "The configuration of " + name + " has a control character in a value."));
  }
  if (is_client_id_document(config.client_id)) {
    if (auto sound = check_client_id_document(config); !sound) return sound;
  }
  if (!config.required_claims.empty() && !asks_for_openid(config)) {
    return fail(bad_config("config.required_claims", "Claims are required of the accounts of " + name +
                                                         ", but without the scope openid there are none."));
  }
  if (const auto fault = fault_of(config.account, config)) {
    return fail(bad_config("config.account", "An account is expected of " + name + ", but " + *fault + "."));
  }
  if (config.registration && has_control_characters(config.registration->client_name)) {
    return fail(bad_config("config.control_character", "The client name for " + name + " has a control character."));
  }
  if (config.registration && config.client_key) {
    return fail(bad_config("config.registration", "The client of " + name + " has a key of its own: it is not registered "
                                                      "by this program but by whoever made the key."));
  }
  for (const auto& resource : config.resources) {
    const auto uri = codec::Url::parse(resource);
    if (!uri || uri->fragment()) {
      return fail(bad_config("config.resource", "A resource configured for " + name +
                                                    " is no absolute URI without fragment (RFC 8707 §2)."));
    }
  }
  if (config.max_age && config.max_age->count() < 0) {
    return fail(bad_config("config.max_age", "The max_age configured for " + name + " is negative."));
  }
  if (const auto bad = refused_header(config.dialect.request_headers)) {
    return fail(bad_config("config.header", "The configuration of " + name + " sets the header \"" + sanitise(*bad, 40) +
                                                "\", which is no name or the protocol's own."));
  }
  if (const auto bad = replaced_parameter(config.authorization_parameters)) {
    return fail(bad_config("config.parameter", "The configuration of " + name + " sets the parameter \"" +
                                                   sanitise(*bad, 40) + "\", which is the protocol's own or set twice."));
  }
  return {};
}

}  // namespace mimir::oauth::internal
