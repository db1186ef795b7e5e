#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

constexpr const char* kPlainKnobs[] = {"discovery.documents",     "extensions",     "client.two_methods",
                                       "pkce.mode",               "redirect.match", "authorize.code_reuse",
                                       "redirect.free_port_hosts", "refresh.reuse", "redirect.optional",
                                       "revocation.cascade", "authorize.response_modes", "scope.partial",
                                       "client.registration", "introspection.style", "introspection.tokens"};

void change(Parameters& parameters, std::initializer_list<Parameters::Pair> changes) {
  for (const auto& [name, value] : changes) {
    if (value.empty()) {
      parameters.remove(name);
    } else {
      parameters.set(name, value);
    }
  }
}

RealmOptions options_for(Profile profile, std::uint64_t seed) {
  RealmOptions options;
  options.profile = std::move(profile);
  options.base_url = "http://127.0.0.1:4321";
  options.seed = seed;
  options.clients = {
      {.client_id = "app", .redirect_uris = {"http://127.0.0.1/callback", "com.example.app:/callback"}},
      {.client_id = "other", .redirect_uris = {"http://127.0.0.1/callback"}},
      {.client_id = "web",
       .client_secret = "s3cret:/+ &=%",
       .redirect_uris = {"https://web.example/cb?tenant=1"},
       .scopes = {"openid", "api.read"}},
  };
  options.clients.at(2).post_logout_redirect_uris = {"https://web.example/bye"};
  options.clients.back().post_logout_redirect_uris = {"https://web.example/bye"};
  options.users = {{"ada", "Ada Lovelace", "ada@example.org"}, {"bob", "Bob", "bob@example.org"}};
  return options;
}

}  // namespace

Profile plain_but(std::initializer_list<Json::Member> changes) {
  Json knobs = Json::object();
  for (const char* name : kPlainKnobs) knobs.set(name, Profile::plain().knob(name));
  for (const auto& [name, value] : changes) knobs.set(name, value);
  const Json text = Json::object({{"id", "test"}, {"title", "Test"}, {"knobs", knobs}});
  auto profile = Profile::parse(text.dump(), "test");
  if (!profile) {
    ADD_FAILURE() << profile.error().to_string();
    return Profile::plain();
  }
  return *profile;
}

Json body_of(const HttpResponse& response) { return Json::parse(response.body).value_or(Json()); }

Parameters location_of(const HttpResponse& response) {
  const auto location = response.header("Location").value_or("");
  const auto hash = location.find('#');
  const auto mark = hash != std::string::npos ? hash : location.find('?');
  return Parameters::parse(mark == std::string::npos ? "" : location.substr(mark + 1)).value_or(Parameters());
}

Headers cookie_of(const HttpResponse& response) {
  const auto cookie = response.header("Set-Cookie").value_or("");
  return {{"Cookie", "theme=dark; " + cookie.substr(0, cookie.find(';'))}};
}

std::string sign_by(const mimir::codec::Key& key, const Json& claims, std::string_view typ) {
  const Json header = Json::object({{"alg", "ES256"}, {"typ", typ}, {"kid", key.kid()}});
  return mimir::codec::jws_sign(header, claims.dump(), key).value_or("");
}

Engine::Engine(Profile profile, std::uint64_t seed, const std::function<void(RealmOptions&)>& adjust) {
  auto options = options_for(std::move(profile), seed);
  if (adjust) adjust(options);
  realm_ = std::make_unique<Realm>(std::move(options), clock_);
}

HttpResponse Engine::get(std::string target, Headers headers) {
  return realm_->handle({.method = "GET", .target = std::move(target), .headers = std::move(headers)});
}

HttpResponse Engine::post(std::string target, const Parameters& form, Headers headers) {
  headers.emplace_back("Content-Type", kFormType);
  return realm_->handle({.method = "POST", .target = std::move(target), .headers = std::move(headers), .body =
                         form.encode()});
}

Parameters Engine::authorization_request() {
  return {{"response_type", "code"},
          {"client_id", "app"},
          {"redirect_uri", std::string(kRedirect)},
          {"scope", "openid api.read offline_access"},
          {"state", "xyz"},
          {"code_challenge", std::string(kChallenge)},
          {"code_challenge_method", "S256"}};
}

std::string Engine::authorize_path() {
  return realm_->profile().id() == "google" ? "/o/oauth2/v2/auth" : "/authorize";
}
std::string Engine::token_path() { return "/token"; }

HttpResponse Engine::authorize(const Parameters& parameters, Headers headers) {
  return get(authorize_path() + "?" + parameters.encode(), std::move(headers));
}

HttpResponse Engine::authorize_but(std::initializer_list<Parameters::Pair> changes, Headers headers) {
  auto parameters = authorization_request();
  change(parameters, changes);
  return authorize(parameters, std::move(headers));
}

HttpResponse Engine::push(std::initializer_list<Parameters::Pair> changes, Headers headers) {
  auto parameters = authorization_request();
  change(parameters, changes);
  return post("/par", parameters, std::move(headers));
}

HttpResponse Engine::authorize_pushed(const std::string& request_uri, std::string_view client_id) {
  return authorize({{"client_id", std::string(client_id)}, {"request_uri", request_uri}});
}

std::string Engine::code(std::initializer_list<Parameters::Pair> changes) {
  const auto response = authorize_but(changes);
  const auto code = location_of(response).one("code");
  EXPECT_TRUE(code) << response.status << " " << response.header("Location").value_or(response.body);
  return code.value_or("");
}

Parameters Engine::code_request(const std::string& code) {
  return {{"grant_type", "authorization_code"},
          {"client_id", "app"},
          {"code", code},
          {"redirect_uri", std::string(kRedirect)},
          {"code_verifier", std::string(kVerifier)}};
}

HttpResponse Engine::redeem(const std::string& code) { return post(token_path(), code_request(code)); }

HttpResponse Engine::redeem_but(const std::string& code, std::initializer_list<Parameters::Pair> changes,
                                Headers headers) {
  auto form = code_request(code);
  change(form, changes);
  return post(token_path(), form, std::move(headers));
}

Json Engine::login(std::initializer_list<Parameters::Pair> changes) {
  const auto response = redeem(code(changes));
  EXPECT_EQ(response.status, 200) << response.body;
  return body_of(response);
}

HttpResponse Engine::refresh(const std::string& token, std::initializer_list<Parameters::Pair> changes) {
  Parameters form{{"grant_type", "refresh_token"}, {"client_id", "app"}, {"refresh_token", token}};
  change(form, changes);
  return post(token_path(), form);
}

HttpResponse Engine::use(const std::string& access_token) { return get("/resource", bearer(access_token)); }

HttpResponse Engine::revoke(const std::string& token, std::initializer_list<Parameters::Pair> changes) {
  Parameters form{{"client_id", "app"}, {"token", token}};
  change(form, changes);
  return post("/revoke", form);
}

Exchange Engine::last() {
  const auto all = realm_->journal().exchanges();
  return all.empty() ? Exchange{} : all.back();
}

std::string text_at(const Json& body, std::string_view name) { return body.string_at(name).value_or(""); }

Headers basic(std::string_view id, std::string_view secret) {
  using mimir::codec::form_encode;
  return {{"Authorization", "Basic " + mimir::codec::base64_encode(form_encode(id) + ":" + form_encode(secret))}};
}

Json claims_of(std::string_view jwt) {
  const auto first = jwt.find('.');
  const auto second = jwt.find('.', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return {};
  const auto payload = mimir::codec::base64url_decode(jwt.substr(first + 1, second - first - 1));
  return payload ? Json::parse(*payload).value_or(Json()) : Json();
}

void expect_error(const HttpResponse& response, int status, std::string_view code, std::string_view description_part) {
  EXPECT_EQ(response.status, status) << response.body;
  EXPECT_EQ(text_at(response, "error"), code) << response.body;
  EXPECT_EQ(response.header("Content-Type").value_or("").substr(0, 16), "application/json");
  EXPECT_EQ(response.header("Cache-Control"), "no-store");
  EXPECT_NE(text_at(response, "error_description").find(description_part), std::string::npos) << response.body;
}

}  // namespace mockoauth::server::testing
