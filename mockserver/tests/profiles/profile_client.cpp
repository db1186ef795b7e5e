#include "tests/profiles/profile_client.hpp"

#include <algorithm>

#include <mimir/codec/base64url.hpp>

#include "protocol/text.hpp"
#include "tests/profiles/choices.hpp"

namespace mockoauth::server::testing {
namespace {

constexpr std::string_view kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";  // RFC 7636 appendix B
constexpr std::string_view kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
constexpr std::string_view kDeviceGrant = "urn:ietf:params:oauth:grant-type:device_code";

void change(Parameters& parameters, const Changes& changes) {
  for (const auto& [name, value] : changes) {
    if (value.empty()) {
      parameters.remove(name);
    } else {
      parameters.set(name, value);
    }
  }
}

const Json* row_of(const Json& table, std::string_view kind) {
  const Json* row = table.find(kind);
  return row != nullptr ? row : table.find("*");
}

std::string between(const std::string& text, std::string_view before, std::string_view after) {
  const auto start = text.find(before);
  if (start == std::string::npos) return {};
  const auto from = start + before.size();
  const auto end = text.find(after, from);
  return end == std::string::npos ? std::string() : text.substr(from, end - from);
}

std::string snake(std::string_view camel) {
  std::string out;
  for (const char c : camel) {
    if (c >= 'A' && c <= 'Z') {
      out += '_';
      out += static_cast<char>(c - 'A' + 'a');
    } else {
      out += c;
    }
  }
  return out;
}

std::string issuer_path_of(const Realm& realm) {
  auto path = realm.configured_issuer().substr(origin_url(0).size());
  if (path.ends_with('/')) path.pop_back();
  return path;
}

// How the standard name is called in a message of this kind.
std::string sent_name(const Json& names, const std::string& standard) {
  return names.string_at(standard).value_or(standard);
}

std::string standard_name(const Json& names, const std::string& sent) {
  if (const auto* members = names.as_object()) {
    for (const auto& [standard, name] : *members) {
      if (name.as_string() != nullptr && *name.as_string() == sent) return standard;
    }
  }
  return sent;
}

}  // namespace

ProfileClient::ProfileClient(ProfileClientSetup setup)
    : authenticates_by(chosen_authentication(setup.spoken)),
      redirect_uri(chosen_redirect(setup.spoken).sent),
      spoken_(setup.spoken),
      scope_(setup.scope.empty() ? chosen_scope(setup.spoken) : setup.scope),
      clock_(mimir::codec::TimePoint(std::chrono::milliseconds(1'800'000'000'000))),
      realm_(std::make_unique<Realm>(realm_for(setup.served, setup.spoken, scope_), clock_)),
      routes_(spoken_, issuer_path_of(*realm_), spoken_.origins().size()) {}

const Routes::Route* ProfileClient::route_of_role(std::string_view role) const {
  const auto& all = routes_.served();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& route) { return route.endpoint->role == role; });
  return found == all.end() ? nullptr : &*found;
}

HttpResponse ProfileClient::handle(const Routes::Route* route, HttpRequest request) {
  request.origin = route == nullptr ? 0 : route->origin;
  request.target = (route == nullptr ? std::string() : route->path) + request.target;
  if (!request.target.starts_with('/')) request.target = "/not-served" + request.target;
  if (user_agent) request.headers.emplace_back("User-Agent", *user_agent);
  return realm_->handle(request);
}

std::string ProfileClient::value_for(const std::string& name) const {
  if (const auto value = demanded_value(spoken_, name); !value.empty()) return value;
  if (name == "state") return "xyz";
  if (name == "redirect_uri") return redirect_uri;
  if (name == "client_secret") return client_secret;
  if (name == "nonce") return "n-0S6_WzA2Mj";
  return "x";
}

Parameters ProfileClient::authorization_request(const Changes& changes) const {
  std::string separator = " ";
  if (const auto separators = spoken_.list("scope.separators"); !separators.empty()) separator = separators.front();
  Parameters parameters{{"response_type", "code"},
                        {"client_id", client_id},
                        {"redirect_uri", redirect_uri},
                        {"scope", replace_all(scope_, " ", separator)},
                        {"state", "xyz"},
                        {"code_challenge", std::string(kChallenge)},
                        {"code_challenge_method", "S256"}};
  for (const auto& rule : spoken_.list("authorize.required")) {
    const auto name = rule.substr(0, rule.find('='));
    parameters.set(name, value_for(name));
  }
  change(parameters, changes);
  return parameters;
}

HttpResponse ProfileClient::authorize(const Changes& changes, const Headers& headers) {
  const auto parameters = authorization_request(changes);
  Parameters sent;
  for (const auto& [name, value] : parameters.pairs()) sent.add(sent_name(spoken_.knob("client.names"), name), value);
  return handle(routes_.route_of("authorize"), {.method = "GET", .target = "?" + sent.encode(), .headers = headers});
}

std::string ProfileClient::code_in(const HttpResponse& response) {
  if (const auto location = response.header("Location")) {
    const auto mark = location->find_first_of("?#");
    const auto parameters = Parameters::parse(mark == std::string::npos ? "" : location->substr(mark + 1));
    return parameters ? parameters->first("code").value_or("") : std::string();
  }
  const auto posted = between(response.body, "name=\"code\" value=\"", "\"");
  const auto copied = between(response.body, "<code id=\"code\">", "<");
  return posted.empty() ? copied.substr(0, copied.find('#')) : posted;
}

void ProfileClient::add_demanded(Outgoing& out) const {
  const Json* rules = spoken_.knob("token.params").find(out.kind);
  if (rules == nullptr || rules->as_array() == nullptr) return;
  for (const auto& rule : *rules->as_array()) {
    const auto& text = *rule.as_string();
    if (text.ends_with('?') || text.ends_with('!')) continue;
    const auto name = standard_name(spoken_.knob("client.names"), text.substr(0, text.find('=')));
    if (out.parameters.count(name) == 0) out.parameters.add(name, value_for(name));
  }
}

void ProfileClient::authenticate(Outgoing& out) const {
  const bool ships_one = authenticates_by == "none" && spoken_.text("client.public_secret") == "expected";
  if (authenticates_by == "client_secret_basic") {
    using mimir::codec::form_encode;
    out.headers.emplace_back("Authorization", "Basic " + mimir::codec::base64_encode(form_encode(client_id) + ":" +
                                                                                     form_encode(client_secret)));
    return;
  }
  if (authenticates_by == "bearer_secret") {
    out.headers.emplace_back("Authorization", "Bearer " + client_secret);
    return;
  }
  out.parameters.set("client_id", client_id);
  if (authenticates_by == "client_secret_post" || ships_one) out.parameters.set("client_secret", client_secret);
}

void ProfileClient::rename(Outgoing& out) const {
  Parameters sent;
  for (const auto& [name, value] : out.parameters.pairs()) {
    auto called = sent_name(spoken_.knob("client.names"), name);
    if (called == name && out.is_device) called = sent_name(spoken_.knob("device.names"), name);
    sent.add(called, value);
  }
  out.parameters = std::move(sent);
}

std::string ProfileClient::format_for(const Outgoing& out) const {
  if (!body_format.empty()) return body_format;
  if (out.is_device && out.route != nullptr && out.route->endpoint->role != "token") return spoken_.text("device.body");
  if (out.kind == "revocation") return "form";
  const Json* row = row_of(spoken_.knob("token.body"), out.kind);
  const auto* list = row == nullptr ? nullptr : row->as_array();
  return list == nullptr || list->empty() ? "form" : *list->front().as_string();
}

HttpResponse ProfileClient::send(Outgoing out, const Changes& changes) {
  add_demanded(out);
  authenticate(out);
  change(out.parameters, changes);
  rename(out);
  const Json* demanded = row_of(spoken_.knob("token.headers"), out.kind);
  if (sends_demanded_headers && demanded != nullptr && demanded->as_object() != nullptr && out.kind != "revocation") {
    for (const auto& [name, value] : *demanded->as_object()) {
      if (equal_ignoring_case(name, "User-Agent")) continue;
      const auto& text = *value.as_string();
      out.headers.emplace_back(name, text == "*" || text.starts_with('!') ? "https://app.example" : text);
    }
  }
  if (accept) out.headers.emplace_back("Accept", *accept);
  out.headers.insert(out.headers.end(), more_headers.begin(), more_headers.end());

  HttpRequest request{.method = method, .target = {}, .headers = std::move(out.headers)};
  const bool is_token = out.kind != "device" && out.kind != "revocation";
  if (request.method.empty()) request.method = is_token && !out.is_device ? spoken_.list("token.methods").front() : "POST";
  const auto format = format_for(out);
  if (format == "query") {
    request.target = "?" + out.parameters.encode();
  } else if (format == "json") {
    Json body = Json::object();
    for (const auto& [name, value] : out.parameters.pairs()) body.set(name, Json(value));
    request.body = body.dump();
    request.headers.emplace_back("Content-Type", "application/json");
  } else {
    request.body = out.parameters.encode();
    request.headers.emplace_back("Content-Type", format == "form" ? "application/x-www-form-urlencoded" : "text/plain");
  }
  return handle(out.route, std::move(request));
}

HttpResponse ProfileClient::request_tokens(const std::string& grant_type, const Parameters& parameters,
                                           const Changes& changes) {
  Parameters all{{"grant_type", grant_type}};
  for (const auto& [name, value] : parameters.pairs()) all.add(name, value);
  return send({.route = routes_.route_of("token"), .kind = grant_type, .parameters = std::move(all)}, changes);
}

HttpResponse ProfileClient::redeem(const std::string& code, const Changes& changes) {
  return request_tokens("authorization_code", {{"code", code}, {"redirect_uri", redirect_uri}, {"code_verifier", std::string(kVerifier)}},
                        changes);
}

HttpResponse ProfileClient::refresh(const std::string& token, const Changes& changes) {
  Outgoing out{.route = route_of_role("refresh"), .kind = "refresh_token"};
  if (out.route == nullptr) out.route = routes_.route_of("token");
  out.parameters = {{"grant_type", "refresh_token"}, {"refresh_token", token}};
  return send(std::move(out), changes);
}

HttpResponse ProfileClient::exchange(const std::string& subject_token, const Changes& changes) {
  return request_tokens("urn:ietf:params:oauth:grant-type:token-exchange",
                        {{"subject_token", subject_token},
                         {"subject_token_type", "urn:ietf:params:oauth:token-type:access_token"},
                         {"scope", scope_}},
                        changes);
}

HttpResponse ProfileClient::ask_device(const Changes& changes) {
  const auto allowed = spoken_.list("device.allowed_scopes");
  const auto scope = allowed.empty() ? scope_ : join({allowed.begin(), allowed.begin() + std::min<std::ptrdiff_t>(3, std::ssize(allowed))}, " ");
  return send({.route = routes_.route_of("device_authorization"), .kind = "device", .parameters = {{"scope", scope}}, .is_device = true},
              changes);
}

HttpResponse ProfileClient::poll(const std::string& device_code, const Changes& changes) {
  Outgoing out{.route = route_of_role("device_poll"), .kind = std::string(kDeviceGrant), .is_device = true};
  out.parameters = {{"device_code", device_code}};
  if (out.route == nullptr) {
    out.route = routes_.route_of("token");
    out.parameters.set("grant_type", std::string(kDeviceGrant));
  } else {
    out.parameters.set("user_code", user_code());
  }
  return send(std::move(out), changes);
}

HttpResponse ProfileClient::revoke(const std::string& token, const Changes& changes) {
  Outgoing out{.route = routes_.route_of("revoke"), .kind = "revocation", .parameters = {{"token", token}}};
  if (spoken_.text("revocation.style") == "query") {
    return handle(out.route, {.method = "POST", .target = "?token=" + mimir::codec::form_encode(token)});
  }
  return send(std::move(out), changes);
}

HttpResponse ProfileClient::call_api(const std::string& credential, const std::string& path_below) {
  HttpRequest request{.method = "GET", .target = path_below};
  const auto ways = spoken_.list("api.auth");
  const std::string way = as_bearer || ways.empty() ? "bearer" : ways.front();
  if (way.starts_with("query:")) request.target += "?" + way.substr(6) + "=" + mimir::codec::form_encode(credential);
  if (way.starts_with("header:")) request.headers.emplace_back(way.substr(7), credential);
  if (way == "bearer" && !credential.empty()) request.headers.emplace_back("Authorization", "Bearer " + credential);
  if (sends_demanded_headers && spoken_.knob("api.headers").as_object() != nullptr) {
    for (const auto& [name, value] : *spoken_.knob("api.headers").as_object()) request.headers.emplace_back(name, *value.as_string());
  }
  return handle(routes_.route_of("resource"), std::move(request));
}

HttpResponse ProfileClient::ask_model(const std::string& path, const Json& body, const std::string& credential) {
  HttpRequest request{.method = "POST", .target = path, .headers = {{"Content-Type", "application/json"}}, .body = body.dump()};
  request.headers.emplace_back("Authorization", "Bearer " + credential);
  request.headers.emplace_back("anthropic-version", "2023-06-01");
  request.headers.emplace_back("anthropic-beta", "oauth-2025-04-20");
  if (user_agent) request.headers.emplace_back("User-Agent", *user_agent);
  request.origin = routes_.route_of("resource")->origin;
  return realm_->handle(std::move(request));
}

HttpResponse ProfileClient::userinfo(const std::string& access_token) {
  HttpRequest request{.method = spoken_.text("userinfo.method"), .target = {}};
  request.headers.emplace_back("Authorization", "Bearer " + access_token);
  if (sends_demanded_headers && spoken_.knob("userinfo.headers").as_object() != nullptr) {
    for (const auto& [name, value] : *spoken_.knob("userinfo.headers").as_object()) {
      if (equal_ignoring_case(name, "User-Agent")) continue;
      request.headers.emplace_back(name, *value.as_string() == "*" ? "x" : *value.as_string());
    }
  }
  return handle(routes_.route_of("userinfo"), std::move(request));
}

HttpResponse ProfileClient::metadata(std::string_view document) {
  return handle(nullptr, {.method = "GET", .target = issuer_path_of(*realm_) + "/.well-known/" + std::string(document)});
}

HttpResponse ProfileClient::get_path(const std::string& path) {
  return handle(nullptr, {.method = "GET", .target = path});
}

HttpResponse ProfileClient::push(const Changes& changes) {
  Outgoing out{.route = routes_.route_of("par"), .kind = "par", .parameters = authorization_request(changes)};
  return send(std::move(out), {});
}

HttpResponse ProfileClient::send_to(std::string_view role, std::string_view endpoint, const std::string& method_to_use,
                                    const std::string& token) {
  const auto* route = route_of_role(role);
  if (route == nullptr) route = routes_.route_of(endpoint);
  HttpRequest request{.method = method_to_use, .target = "?token=" + token + "&access_token=" + token};
  using mimir::codec::form_encode;
  const bool is_confidential = authenticates_by != "none";
  request.headers.emplace_back("Authorization", is_confidential ? "Basic " + mimir::codec::base64_encode(form_encode(client_id) + ":" + form_encode(client_secret))
                                                                : "Bearer " + token);
  if (method_to_use == "POST") {
    request.target.clear();
    request.body = Json::object({{"token", Json(token)}, {"client_id", Json(client_id)}, {"redirect_uris", Json::array({Json(redirect_uri)})},
                                 {"redirectUris", Json::array({Json(redirect_uri)})}}).dump();
    request.headers.emplace_back("Content-Type", "application/json");
  }
  return handle(route, std::move(request));
}

std::string ProfileClient::token_url() const {
  const auto* route = routes_.route_of("token");
  return route == nullptr ? std::string() : origin_url(route->origin) + route->path;
}

HttpResponse ProfileClient::get(std::string_view endpoint) {
  return handle(routes_.route_of(endpoint), {.method = "GET", .target = {}});
}

Json ProfileClient::tokens_in(const HttpResponse& response) const {
  Json body;
  if (response.header("Content-Type").value_or("").starts_with("application/x-www-form-urlencoded")) {
    const auto parameters = Parameters::parse(response.body);
    if (parameters) {
      for (const auto& [name, value] : parameters->pairs()) body.set(name, Json(value));
    }
  } else {
    body = Json::parse(response.body).value_or(Json());
  }
  auto path = spoken_.text("response.envelope");
  while (!path.empty()) {
    const auto dot = path.find('.');
    const Json* inner = body.find(path.substr(0, dot));
    body = inner == nullptr ? Json() : Json(*inner);
    path = dot == std::string::npos ? std::string() : path.substr(dot + 1);
  }
  if (spoken_.text("response.keys") != "camel" || !body.is_object()) return body;
  Json standard = Json::object();
  for (const auto& [name, value] : *body.as_object()) standard.set(snake(name), value);
  return standard;
}

std::string ProfileClient::token_in(const HttpResponse& response, std::string_view member) const {
  return tokens_in(response).string_at(member).value_or("");
}

std::string ProfileClient::device_value(const HttpResponse& response, std::string_view member) const {
  const auto body = Json::parse(response.body).value_or(Json());
  return body.string_at(sent_name(spoken_.knob("device.names"), std::string(member))).value_or("");
}

std::string ProfileClient::user_code() const {
  const auto logins = realm_->device_logins();
  return logins.empty() ? std::string() : logins.back().user_code;
}

std::string access_token_of(ProfileClient& client) { return client.token_in(client.log_in(), "access_token"); }

std::string device_code_of(ProfileClient& client) { return client.device_value(client.ask_device(), "device_code"); }

}  // namespace mockoauth::server::testing
