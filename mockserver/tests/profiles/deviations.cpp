#include "tests/profiles/deviations.hpp"

#include "tests/profiles/signing.hpp"

namespace mockoauth::server::testing {
namespace {

std::string refresh_token_of(ProfileClient& c) { return c.token_in(c.log_in(), "refresh_token"); }

HttpResponse log_in_by(ProfileClient& c, const std::string& redirect_uri) {
  c.redirect_uri = redirect_uri;
  return c.log_in();
}

void add_redirects(std::map<std::string, Play>& all) {
  for (const char* uri : {"http://127.0.0.1:5555/callback", "http://[::1]:5555/callback", "http://localhost:5555/callback",
                          "http://127.0.0.1:6666/callback", "http://localhost:6666/callback", "http://127.0.0.1:5555",
                          "http://127.0.0.1:5555/callback/deep", "http://127.0.0.1:5555/elsewhere",
                          "http://app.example/callback", "https://app.example/callback", "com.example.app:/callback"}) {
    all["redirect to " + std::string(uri)] = [uri](ProfileClient& c) { return log_in_by(c, uri); };
    // The same for a client that has registered it, or what comes nearest.
    all["registered redirect to " + std::string(uri)] = [uri](ProfileClient& c) {
      ClientRegistration client{.client_id = "own", .redirect_uris = {uri}};
      if (c.authenticates_by != "none") client.client_secret = c.client_secret;
      c.realm().add_client(client);
      c.client_id = "own";
      return log_in_by(c, uri);
    };
    all["other port registered than " + std::string(uri)] = [uri](ProfileClient& c) {
      std::string other = uri;
      if (const auto at = other.find(":5555"); at != std::string::npos) other.replace(at, 5, ":7777");
      c.realm().add_client({.client_id = "own", .redirect_uris = {other}});
      c.client_id = "own";
      return log_in_by(c, uri);
    };
  }
  all["manual redirect"] = [](ProfileClient& c) {
    const auto uris = c.spoken().list("redirect.manual_uris");
    return log_in_by(c, uris.empty() ? "urn:ietf:wg:oauth:2.0:oob" : uris.front());
  };
  all["no redirect"] = [](ProfileClient& c) {
    const auto code = c.code({{"redirect_uri", ""}});
    c.redeem(code);
    return c.redeem(c.code({{"redirect_uri", ""}}), {{"redirect_uri", ""}});
  };
  all["no redirect at the token endpoint"] = [](ProfileClient& c) { return c.redeem(c.code(), {{"redirect_uri", ""}}); };
}

void add_authorization(std::map<std::string, Play>& all) {
  for (const char* type : {"token", "id_token", "id_token token", "code id_token", "code token", "code id_token token", "none"}) {
    all["response type " + std::string(type)] = [type](ProfileClient& c) {
      return c.authorize({{"response_type", type}, {"nonce", "n1"}});
    };
  }
  for (const char* mode : {"query", "fragment", "form_post", "query.jwt", "jwt", "page", "magic"}) {
    all["response mode " + std::string(mode)] = [mode](ProfileClient& c) { return c.authorize({{"response_mode", mode}}); };
  }
  for (const char* scope : {"openid,email", "openid+email", "openid email", "openid no-such-scope", "no-such-scope",
                            "api.read", "name email openid"}) {
    all["scope " + std::string(scope)] = [scope](ProfileClient& c) { return c.redeem(c.code({{"scope", scope}})); };
  }
  all["person ticks one scope"] = [](ProfileClient& c) {
    c.realm().allow_scopes(std::vector<std::string>{"openid", "api.read"});
    return c.log_in();
  };
  all["plain challenge"] = [](ProfileClient& c) {
    return c.redeem(c.code({{"code_challenge_method", "plain"}}), {{"code_verifier", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}});
  };
  all["no PKCE at all"] = [](ProfileClient& c) {
    return c.redeem(c.code({{"code_challenge", ""}, {"code_challenge_method", ""}}), {{"code_verifier", ""}});
  };
  all["tokens of a code that comes twice"] = [](ProfileClient& c) {
    const auto code = c.code();
    const auto token = c.token_in(c.redeem(code), "access_token");
    c.redeem(code);
    return c.call_api(token);
  };
  all["code after a minute"] = [](ProfileClient& c) {
    const auto code = c.code();
    c.advance(61);
    return c.redeem(code);
  };
  all["code after ten minutes"] = [](ProfileClient& c) {
    const auto code = c.code();
    c.advance(600);
    return c.redeem(code);
  };
  all["second consent"] = [](ProfileClient& c) {
    c.log_in();
    c.authorize({{"prompt", "consent"}});
    return c.log_in();
  };
  all["parameters that nobody knows"] = [](ProfileClient& c) { return c.authorize({{"no_such_parameter", "x"}}); };
  all["everything optional"] = [](ProfileClient& c) {
    Changes changes;
    for (const auto& name : c.spoken().list("authorize.optional")) {
      // These two have an effect of their own, and none of them is about being known.
      if (name != "response_mode" && name != "claims" && name != "id_token_hint") changes.emplace_back(name, "x");
    }
    return c.authorize(changes);
  };
  all["nothing demanded"] = [](ProfileClient& c) {
    Changes changes;
    for (const auto& rule : c.spoken().list("authorize.required")) changes.emplace_back(rule.substr(0, rule.find('=')), "");
    return c.authorize(changes);
  };
  all["what the rules look at"] = [](ProfileClient& c) {
    for (const auto& rule : *c.spoken().knob("authorize.rules").as_array()) {
      const Json* wanted = rule.at_pointer("/when/param");
      if (wanted == nullptr) continue;
      Changes changes;
      for (const auto& [name, value] : *wanted->as_object()) {
        const auto& text = *value.as_string();
        changes.emplace_back(name, text == "*absent" ? "" : text == "*present" ? "x" : text);
      }
      c.redeem(c.code(changes));
    }
    return c.log_in();
  };
  all["strong sign-in that nobody can do"] = [](ProfileClient& c) { return c.authorize({{"acr_values", "no-such-acr"}}); };
  all["silent"] = [](ProfileClient& c) { return c.authorize({{"prompt", "none"}}); };
  all["resource"] = [](ProfileClient& c) {
    const auto resource = c.realm().resource_url();
    return c.redeem(c.code({{"resource", resource}}), {{"resource", "https://no-such-resource.example"}});
  };
  all["request object"] = [](ProfileClient& c) { return c.authorize({{"request", "a.b.c"}}); };
  all["authorization details"] = [](ProfileClient& c) { return c.authorize({{"authorization_details", "[{\"type\":\"x\"}]"}}); };
  all["unpushed"] = [](ProfileClient& c) { return c.authorize(); };
  all["pushed, after a minute"] = [](ProfileClient& c) {
    const auto pushed = c.push({});
    c.advance(61);
    const auto uri = Json::parse(pushed.body).value_or(Json()).string_at("request_uri").value_or("none");
    return c.authorize({{"request_uri", uri}});
  };
}

void add_client_authentication(std::map<std::string, Play>& all) {
  for (const char* method : {"none", "client_secret_basic", "client_secret_post", "bearer_secret"}) {
    all["authenticates by " + std::string(method)] = [method](ProfileClient& c) {
      const auto code = c.code();
      c.authenticates_by = method;
      return c.redeem(code);
    };
    all["confidential by " + std::string(method)] = [method](ProfileClient& c) {
      c.realm().add_client({.client_id = "web", .client_secret = "web-secret", .redirect_uris = {c.redirect_uri}});
      c.client_id = "web";
      c.client_secret = "web-secret";
      const auto code = c.code();
      c.authenticates_by = method;
      return c.redeem(code);
    };
    all["public by " + std::string(method)] = [method](ProfileClient& c) {
      c.realm().add_client({.client_id = "native", .redirect_uris = {c.redirect_uri}});
      c.client_id = "native";
      const auto code = c.code();
      c.authenticates_by = method;
      return c.redeem(code);
    };
  }
  all["basic and post at once"] = [](ProfileClient& c) {
    c.realm().add_client({.client_id = "web", .client_secret = "web-secret", .redirect_uris = {c.redirect_uri}});
    c.client_id = "web";
    c.client_secret = "web-secret";
    c.authenticates_by = "client_secret_basic";
    return c.redeem(c.code(), {{"client_id", "web"}, {"client_secret", "web-secret"}});
  };
  all["first sign-in of an installation, whose client_id the callback brings"] = [](ProfileClient& c) {
    c.client_id = c.spoken().text("client.first_id").empty() ? "first" : c.spoken().text("client.first_id");
    const auto response = c.authorize();
    const auto location = response.header("Location").value_or("?");
    const auto sent = Parameters::parse(location.substr(location.find('?') + 1));
    c.redeem(ProfileClient::code_in(response));
    c.client_id = sent ? sent->one("client_id").value_or("none") : "none";
    return c.redeem(c.code());
  };
  all["registration of an installation and its end"] = [](ProfileClient& c) {
    const auto body = Json::parse(c.send_to("registration", "register_installation", "POST", "").body).value_or(Json());
    const auto& names = c.spoken().knob("client.names");
    c.client_id = body.string_at(names.string_at("client_id").value_or("client_id")).value_or("none");
    c.client_secret = body.string_at(names.string_at("client_secret").value_or("client_secret")).value_or("none");
    c.authenticates_by = "client_secret_post";
    const auto token = c.token_in(c.log_in(), "refresh_token");
    c.advance(7'776'000);
    return c.refresh(token);
  };
  all["assertion for the token endpoint"] = [](ProfileClient& c) { return by_assertion(c, false); };
  all["assertion for the issuer"] = [](ProfileClient& c) { return by_assertion(c, true); };
}

void add_token_requests(std::map<std::string, Play>& all) {
  for (const char* format : {"form", "json", "query", "text"}) {
    all["body as " + std::string(format)] = [format](ProfileClient& c) {
      const auto code = c.code();
      c.body_format = format;
      return c.redeem(code);
    };
    all["refresh as " + std::string(format)] = [format](ProfileClient& c) {
      const auto token = refresh_token_of(c);
      c.body_format = format;
      return c.refresh(token);
    };
  }
  all["token request by GET"] = [](ProfileClient& c) {
    const auto code = c.code();
    c.method = "GET";
    c.body_format = "query";
    return c.redeem(code);
  };
  all["no Accept"] = [](ProfileClient& c) {
    c.accept.reset();
    c.log_in();
    return c.redeem("no-such-code");
  };
  all["no demanded headers"] = [](ProfileClient& c) {
    const auto response = c.log_in();
    c.sends_demanded_headers = false;
    c.redeem(c.code());
    c.refresh(c.token_in(response, "refresh_token"));
    c.userinfo(c.token_in(response, "access_token"));
    return c.call_api(c.token_in(response, "access_token"));
  };
  all["nothing more than the standard asks"] = [](ProfileClient& c) {
    Changes without;
    for (const auto& [kind, rules] : *c.spoken().knob("token.params").as_object()) {
      for (const auto& rule : *rules.as_array()) {
        auto name = *rule.as_string();
        if (name.ends_with('?') || name.ends_with('!')) name.pop_back();
        if (name != "redirect_uri" && name != "subject_token" && name != "subject_token_type") without.emplace_back(name, "");
      }
    }
    const auto response = c.redeem(c.code(), without);
    c.refresh(c.token_in(c.log_in(), "refresh_token"), without);
    c.refresh(c.token_in(c.log_in(), "refresh_token"), {{"redirect_uri", ""}});
    c.ask_device(without);
    return response;
  };
  all["scope in a refresh"] = [](ProfileClient& c) { return c.refresh(refresh_token_of(c), {{"scope", "email"}}); };
  all["other scope in a refresh"] = [](ProfileClient& c) { return c.refresh(refresh_token_of(c), {{"scope", "api.write"}}); };
  all["scope of another resource in a refresh: selects_resource"] = [](ProfileClient& c) {
    return c.refresh(refresh_token_of(c), {{"scope", "https://graph.example/mail.read"}});
  };
  all["no User-Agent"] = [](ProfileClient& c) {
    c.user_agent.reset();
    return c.log_in();
  };
  all["exchange by a public client"] = [](ProfileClient& c) {
    const auto token = access_token_of(c);
    return c.exchange(token);
  };
  all["client credentials"] = [](ProfileClient& c) { return c.request_tokens("client_credentials", {}); };
  all["password"] = [](ProfileClient& c) {
    return c.request_tokens("password", {{"username", "ada"}, {"password", "analytical"}});
  };
  all["assertion grant"] = [](ProfileClient& c) {
    return c.request_tokens("urn:ietf:params:oauth:grant-type:jwt-bearer", {{"assertion", "a.b.c"}});
  };
  all["device grant"] = [](ProfileClient& c) {
    return c.request_tokens("urn:ietf:params:oauth:grant-type:device_code", {{"device_code", "x"}});
  };
  all["proof of possession"] = [](ProfileClient& c) { return with_proof(c); };
}

void add_refreshes(std::map<std::string, Play>& all) {
  all["old refresh token at once"] = [](ProfileClient& c) {
    const auto token = refresh_token_of(c);
    const auto next = c.token_in(c.refresh(token), "refresh_token");
    c.refresh(token);
    return c.refresh(next);
  };
  all["old refresh token after ten seconds"] = [](ProfileClient& c) {
    const auto other = refresh_token_of(c);
    const auto token = refresh_token_of(c);
    const auto next = c.token_in(c.refresh(token), "refresh_token");
    c.advance(10);
    c.refresh(token);
    c.refresh(next);
    return c.refresh(other);
  };
  all["access token after a refresh"] = [](ProfileClient& c) {
    const auto response = c.log_in();
    c.refresh(c.token_in(response, "refresh_token"));
    return c.call_api(c.token_in(response, "access_token"));
  };
  all["three refreshes"] = [](ProfileClient& c) {
    auto token = refresh_token_of(c);
    for (int i = 0; i < 3; ++i) {
      c.advance(700);
      const auto next = c.token_in(c.refresh(token), "refresh_token");
      if (!next.empty()) token = next;
    }
    return c.refresh(token);
  };
  for (const std::int64_t days : {1, 8, 31, 91, 181, 366}) {
    all["refresh after days: " + std::to_string(days)] = [days](ProfileClient& c) {
      const auto token = refresh_token_of(c);
      c.advance(days * 86400);
      return c.refresh(token);
    };
    all["refresh halfway, then after days: " + std::to_string(days)] = [days](ProfileClient& c) {
      auto token = refresh_token_of(c);
      c.advance(days * 86400 / 2 + 10);
      const auto next = c.token_in(c.refresh(token), "refresh_token");
      if (!next.empty()) token = next;
      c.advance(days * 86400 / 2 + 10);
      return c.refresh(token);
    };
  }
  all["refresh every twenty minutes"] = [](ProfileClient& c) {
    auto token = refresh_token_of(c);
    HttpResponse response;
    for (int i = 0; i < 40; ++i) {
      c.advance(1200);
      response = c.refresh(token);
      const auto next = c.token_in(response, "refresh_token");
      if (!next.empty()) token = next;
    }
    return response;
  };
  for (const char* name : {"password_change", "user_disconnect", "admin_policy", "session_end", "testing_mode",
                           "reauth_policy", "inactivity"}) {
    all["what ends a login: " + std::string(name)] = [name](ProfileClient& c) {
      const auto token = refresh_token_of(c);
      c.realm().happen(*parse_account_event(name));
      return c.refresh(token);
    };
  }
  all["access token after a code that comes twice, and before it may be refreshed"] = [](ProfileClient& c) {
    return c.refresh(c.token_in(c.log_in(), "refresh_token"));
  };
  all["more than two hundred logins"] = [](ProfileClient& c) {
    const Changes unsigned_tokens = {{"scope", "api.read offline_access"}};  // Nothing to sign: that would take a while.
    const auto token = refresh_token_of(c);
    for (int i = 0; i < 205; ++i) c.redeem(c.code(unsigned_tokens));
    return c.refresh(token);
  };
}

void add_devices(std::map<std::string, Play>& all) {
  all["device without a secret"] = [](ProfileClient& c) {
    const auto code = device_code_of(c);
    return c.poll(code, {{"client_secret", ""}});
  };
  all["device as JSON"] = [](ProfileClient& c) {
    c.body_format = "json";
    return c.ask_device();
  };
  all["device as form"] = [](ProfileClient& c) {
    c.body_format = "form";
    return c.ask_device();
  };
  all["device asks for another scope"] = [](ProfileClient& c) { return c.ask_device({{"scope", "api.read"}}); };
  all["expired device asks twice"] = [](ProfileClient& c) {
    const auto code = device_code_of(c);
    c.advance(3600);
    c.poll(code);
    c.advance(60);
    return c.poll(code);
  };
  all["device after five minutes"] = [](ProfileClient& c) {
    const auto code = device_code_of(c);
    c.advance(301);
    return c.poll(code);
  };
}

void add_endings(std::map<std::string, Play>& all) {
  all["after a revocation"] = [](ProfileClient& c) {
    const auto other = c.log_in();
    const auto mine = c.log_in();
    c.revoke(c.token_in(mine, "access_token"));
    c.call_api(c.token_in(mine, "access_token"));
    c.refresh(c.token_in(mine, "refresh_token"));
    c.advance(10);
    c.call_api(c.token_in(mine, "access_token"));
    c.call_api(c.token_in(other, "access_token"));
    return c.refresh(c.token_in(other, "refresh_token"));
  };
  all["after a revocation of the refresh token"] = [](ProfileClient& c) {
    const auto mine = c.log_in();
    c.revoke(c.token_in(mine, "refresh_token"));
    return c.call_api(c.token_in(mine, "access_token"));
  };
  for (const char* method : {"POST", "GET", "DELETE"}) {
    all["revocation by " + std::string(method)] = [method](ProfileClient& c) {
      const auto token = access_token_of(c);
      return c.send_to("revocation", "revoke", method, token);
    };
    all["introspection by " + std::string(method)] = [method](ProfileClient& c) {
      const auto token = access_token_of(c);
      return c.send_to("introspection", "introspect", method, token);
    };
    all["registration by " + std::string(method)] = [method](ProfileClient& c) {
      return c.send_to("registration", "register", method, "");
    };
    all["profile of the user by " + std::string(method)] = [method](ProfileClient& c) {
      return c.send_to("userinfo", "userinfo", method, access_token_of(c));
    };
  }
  all["API without headers"] = [](ProfileClient& c) {
    c.sends_demanded_headers = false;
    return c.call_api(c.spoken().text("api.credential_prefix") + "mockoauth-key");
  };
  all["API by Bearer"] = [](ProfileClient& c) {
    c.as_bearer = true;
    return c.call_api(c.spoken().text("api.credential_prefix") + "mockoauth-key");
  };
  all["API with the token the usual way"] = [](ProfileClient& c) {
    c.as_bearer = true;
    return c.call_api(access_token_of(c));
  };
  all["metadata"] = [](ProfileClient& c) {
    c.metadata("openid-configuration");
    return c.metadata("oauth-authorization-server");
  };
  all["metadata of the resource"] = [](ProfileClient& c) { return c.get_path("/.well-known/oauth-protected-resource/resource"); };
  all["sign-out"] = [](ProfileClient& c) { return c.send_to("end_session", "end_session", "GET", ""); };
  for (const char* condition : {"rate_limited", "maintenance", "waf_blocked", "server_error", "reauth_policy", "not_entitled"}) {
    all["refused: " + std::string(condition)] = [condition](ProfileClient& c) { return *refuse_by_fault(c, condition); };
  }
}

// What people see: why nothing goes on, and what a device asks for.
void add_pages(std::map<std::string, Play>& all) {
  all["pages title colour language words of an error"] = [](ProfileClient& c) {
    c.client_id = "nobody";
    return c.authorize();
  };
  all["pages scopes of a device"] = [](ProfileClient& c) {
    c.ask_device();
    return c.realm().handle({.method = "POST",
                             .target = "/device",
                             .headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"User-Agent", "browser/1"}},
                             .body = Parameters{{"user_code", c.user_code()}}.encode()});
  };
}

// A conversation of each vendor, then a streamed answer during which the token ends.
void add_models(std::map<std::string, Play>& all) {
  const Json text = Json::array({Json::object({{"role", "user"}, {"content", "hello"}})});
  const Json contents = Json::array({Json::object({{"parts", Json::array({Json::object({{"text", "hello"}})})}})});
  const Json body = Json::object({{"model", "m"}, {"max_tokens", 99}, {"messages", text}, {"contents", contents}});
  struct Api {
    const char* name;
    const char* path;
    const char* stream_path;
  };
  for (const auto& api : {Api{"anthropic", "/v1/messages", "/v1/messages"}, {"deepseek", "/chat/completions", "/chat/completions"},
                          {"openai", "/v1/chat/completions", "/v1/chat/completions"},
                          {"gemini", "/v1beta/models/m:generateContent", "/v1beta/models/m:streamGenerateContent"}}) {
    all["models apis names scopes limits tier headers stream answers of " + std::string(api.name)] = [api, body](ProfileClient& c) {
      const auto token = access_token_of(c);
      c.ask_model(api.path, body, token);
      c.ask_model(api.path, body, c.spoken().text("api.credential_prefix") + "mockoauth-key");
      c.advance(c.spoken().number("access.ttl_s") - 1);
      Json streamed = body;
      streamed.set("stream", true);
      return c.ask_model(api.stream_path, streamed, token);
    };
  }
}

std::map<std::string, Play> make_deviations() {
  std::map<std::string, Play> all;
  add_authorization(all);
  add_redirects(all);
  add_client_authentication(all);
  add_token_requests(all);
  add_refreshes(all);
  add_devices(all);
  add_endings(all);
  add_models(all);
  add_pages(all);
  return all;
}

}  // namespace

const std::map<std::string, Play>& deviations() {
  static const std::map<std::string, Play> all = make_deviations();
  return all;
}

}  // namespace mockoauth::server::testing
