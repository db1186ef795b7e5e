#include <internal/registration_response.hpp>

#include <algorithm>
#include <array>

#include <internal/ascii.hpp>
#include <internal/body.hpp>
#include <internal/endpoint.hpp>
#include <internal/registration_request.hpp>
#include <internal/sanitise.hpp>
#include <internal/wipe_json.hpp>

namespace mimir::oauth::internal {
namespace {

using codec::Json;

constexpr std::size_t kMaxRegistrationBytes = 256 * 1024;
constexpr std::size_t kMaxClientId = 2048;
constexpr std::int64_t kLatestSecond = 1'000'000'000'000;  // beyond it, milliseconds could overflow
/// What only the server says; RFC 7592 §2.2 forbids to send it back.
constexpr std::array<std::string_view, 6> kServerIssued{"client_id", "client_secret", "registration_access_token",
                                                        "registration_client_uri", "client_secret_expires_at",
                                                        "client_id_issued_at"};

Error unusable(const AnswerSource& source, std::string code, std::string what, std::string spec) {
  return {.category = Category::ProviderBroken,
          .code = "registration." + std::move(code),
          .message = source.provider + " registered this program in a way that cannot be used: " + std::move(what) + ".",
          .hint = "Register it by hand at the provider, and configure the client id.",
          .spec = std::move(spec),
          .http = HttpContext{.status = 201, .url = printable_url(source.url)}};
}

Error refusal(const HttpResponse& response, const Json* body, const AnswerSource& source) {
  auto stated = body != nullptr ? stated_error(response, *body, source) : std::nullopt;
  if (response.status == 401 || response.status == 403) {
    const auto why = stated ? " (" + stated->code + ")" : std::string();
    return {.category = Category::Misconfigured,
            .code = "registration.denied",
            .message = source.provider + " does not let everybody register" + why + ".",
            .hint = "Get an initial access token from the provider, or a client id.",
            .spec = "RFC 7591 §3",
            .http = HttpContext{.status = response.status, .url = printable_url(source.url)}};
  }
  if (!stated) return unstated_failure(response, source);
  stated->spec = "RFC 7591 §3.2.2";
  if (stated->category == Category::ProviderBroken) stated->category = Category::Misconfigured;
  return *std::move(stated);
}

bool is_clean(const std::string& text) { return !text.empty() && std::ranges::none_of(text, is_control); }

std::vector<std::string> texts_of(const Json* list) {
  std::vector<std::string> texts;
  const auto* items = list != nullptr ? list->as_array() : nullptr;
  for (std::size_t i = 0; items != nullptr && i < items->size(); ++i) {
    if (const auto* text = (*items)[i].as_string()) texts.push_back(*text);
  }
  return texts;
}

Result<> read_secret(const Json& body, const AnswerSource& source, OAuthConfig& into, RegisteredClient& client) {
  if (const auto* member = present(body, "client_secret")) {
    if (!member->is_string() || !is_clean(*member->as_string())) {
      return fail(unusable(source, "malformed", "its \"client_secret\" is no text", "RFC 7591 §3.2.1"));
    }
    into.client_secret = Secret(*member->as_string());
    const auto end = body.int_at("client_secret_expires_at").value_or(0);
    if (end > 0) client.secret_expires_at = TimePoint(std::chrono::seconds(std::min(end, kLatestSecond)));
  }
  // RFC 7591 §2: left out it is client_secret_basic, which says nothing of a client that got no secret.
  const auto fallback = into.client_secret ? "client_secret_basic" : "none";
  into.token_endpoint_auth_method = body.string_at("token_endpoint_auth_method").value_or(fallback);
  constexpr std::array<std::string_view, 2> kWithSecret{"client_secret_basic", "client_secret_post"};
  const bool with_secret = std::ranges::find(kWithSecret, into.token_endpoint_auth_method) != kWithSecret.end();
  if (with_secret && into.client_secret) return {};
  if (into.token_endpoint_auth_method == "none") {
    into.client_secret.reset();  // not to be shown to anybody
    client.secret_expires_at.reset();
    return {};
  }
  return fail(unusable(source, "auth_method",
                       "it is to prove who it is by \"" + sanitise(into.token_endpoint_auth_method, 64) + "\"" +
                           (with_secret ? ", but got no secret" : ""),
                       "RFC 7591 §3.2.1"));
}

/// What was asked for if that was registered, else what the server put in its place where we can listen there.
Result<> read_redirects(const Json& body, const AnswerSource& source, OAuthConfig& into) {
  const auto wanted = redirect_form(into);
  into.redirect_uri = wanted.redirect_uri;
  const auto registered = texts_of(present(body, "redirect_uris"));
  if (registered.empty()) return {};
  const auto is_registered = [&](const std::string& uri) { return std::ranges::find(registered, uri) != registered.end(); };
  const auto asked = wanted.uris();
  std::vector<std::uint16_t> ports;
  for (std::size_t i = 1; i < asked.size(); ++i) {
    if (is_registered(asked[i])) ports.push_back(wanted.alternative_ports[i - 1]);
  }
  into.alternative_ports = std::move(ports);
  if (is_registered(asked.front())) return {};
  for (const auto& uri : registered) {
    const auto url = codec::Url::parse(uri);
    if (!url || url->is_https() || !is_loopback(*url)) continue;
    into.redirect_uri = uri;
    into.alternative_ports.clear();
    return {};
  }
  return fail(unusable(source, "redirect_uris", "answers would go to " + printable_url(registered.front()),
                       "RFC 7591 §3.2.1"));
}

Result<> check_grants(const Json& body, const AnswerSource& source) {
  const auto grants = texts_of(present(body, "grant_types"));
  const auto responses = texts_of(present(body, "response_types"));
  if ((grants.empty() || lists(grants, "authorization_code")) && (responses.empty() || lists(responses, "code"))) return {};
  return fail(unusable(source, "grant_types", "it may not use the authorization code flow", "RFC 7591 §3.2.1"));
}

/// RFC 7592 §3: both or none. A token for an address that must not have it is worth nothing.
void read_management(const Json& body, const std::string& issuer, RegisteredClient& client) {
  auto uri = body.string_at("registration_client_uri");
  const auto* token = present(body, "registration_access_token");
  const auto* text = token != nullptr ? token->as_string() : nullptr;  // not copied: the document is wiped
  if (text != nullptr && is_clean(*text)) client.management_token = Secret(*text);
  if (uri) client.management_uri = *std::move(uri);
  const auto url = codec::Url::parse(client.management_uri);
  const auto home = codec::Url::parse(issuer);
  const bool is_fit = url && !url->fragment() && (url->is_https() || (is_loopback(*url) && home && is_loopback(*home)));
  if (is_fit && client.management_token) return;
  client.management_uri.clear();
  client.management_token.reset();
}

}  // namespace

Result<StoredLogin> validate_registration_response(const HttpResponse& response, const AnswerSource& source,
                                                   const OAuthConfig& config, const StoredLogin* before) {
  auto body = parse_json_body(response, kMaxRegistrationBytes);
  const WipedAtEnd wiped(body);
  const bool object = body && body->is_object();
  // RFC 7591 §3.2.1 says 201, RFC 7592 §2 says 200; servers that mix them up mean the same.
  const bool is_success = (response.status == 200 || response.status == 201) && object && !present(*body, "error");
  if (!is_success) return fail(refusal(response, object ? &*body : nullptr, source));
  const auto client_id = body->string_at("client_id");
  if (!client_id || !is_clean(*client_id) || client_id->size() > kMaxClientId) {
    return fail(unusable(source, "malformed", "its answer has no \"client_id\"", "RFC 7591 §3.2.1"));
  }
  if (before != nullptr && *client_id != before->config.client_id) {
    return fail(unusable(source, "malformed", "an update gave it another client id", "RFC 7592 §2.2"));
  }
  auto of_before = before != nullptr ? before->clone() : StoredLogin();
  auto client = of_before.registered ? *std::move(of_before.registered) : RegisteredClient{.registered_at = source.now};
  StoredLogin record{.config = {.issuer = config.issuer,
                                .client_id = *client_id,
                                .client_secret = std::move(of_before.config.client_secret),
                                .redirect_uri = config.redirect_uri,
                                .alternative_ports = config.alternative_ports},
                     .generation = of_before.generation};
  auto usable = read_secret(*body, source, record.config, client)
                    .and_then([&] { return read_redirects(*body, source, record.config); })
                    .and_then([&] { return check_grants(*body, source); });
  if (!usable) return fail(std::move(usable.error()));
  read_management(*body, config.issuer, client);
  if (before == nullptr) client.asked_scopes = config.scopes;
  auto metadata = Json::object();
  for (const auto& [name, value] : *body->as_object()) {
    if (std::ranges::find(kServerIssued, name) == kServerIssued.end()) metadata.set(name, value);
  }
  client.metadata = metadata.dump();
  record.registered = std::move(client);
  return record;
}

}  // namespace mimir::oauth::internal
