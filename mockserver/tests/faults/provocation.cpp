#include "tests/faults/provocation.hpp"

#include <mockoauth/server/delivery.hpp>

namespace mockoauth::server::testing {
namespace {

// Whether a client can have got the whole answer as it was meant.
bool arrives_whole(const Delivery& delivery) {
  const bool all_sent = delivery.place == Delivery::Place::AfterAnswer || delivery.then == Delivery::Then::GoOn;
  return all_sent && !delivery.raw && !delivery.framing && delivery.tail.empty() && delivery.endless.empty();
}

}  // namespace

Profile fault_profile(std::initializer_list<Json::Member> changes) {
  Json knobs = Json::object({{"refresh.rotation", "always"}, {"id_token.alg", "RS256"}});
  for (const char* name : {"discovery.documents", "extensions", "pkce.mode", "redirect.match", "redirect.free_port_hosts",
                           "authorize.code_reuse", "refresh.reuse", "authorize.response_modes"}) {
    knobs.set(name, Profile::plain().knob(name));
  }
  for (const auto& [name, value] : changes) knobs.set(name, value);
  const Json all = Json::object({{"id", "test"}, {"title", "Test"}, {"knobs", knobs}});
  auto profile = Profile::parse(all.dump(), "test");
  if (!profile) ADD_FAILURE() << profile.error().to_string();
  return profile ? *profile : Profile::plain();
}

std::function<HttpResponse()> prepare(Engine& engine, const std::string& asks) {
  if (asks == "authorize") return [&engine] { return engine.authorize_but({{"nonce", "n-0S6_WzA2Mj"}}); };
  if (asks == "metadata") return [&engine] { return engine.get("/.well-known/oauth-authorization-server"); };
  if (asks == "jwks") return [&engine] { return engine.get("/jwks"); };
  if (asks == "wrong code") return [&engine] { return engine.redeem("unknown"); };
  if (asks == "down") {
    const auto down = engine.realm().add_fault({.fault = "life.down", .arguments = Json::object({{"for_s", 60}})});
    EXPECT_TRUE(engine.get("/jwks").delivery);
    EXPECT_TRUE(down && engine.realm().remove_fault(*down));
    return [&engine] { return engine.get("/jwks"); };
  }
  const auto code = engine.code({{"nonce", "n-0S6_WzA2Mj"}});
  if (asks == "token") return [&engine, code] { return engine.redeem(code); };
  if (asks == "wrong verifier") return [&engine, code] { return engine.redeem_but(code, {{"code_verifier", "wrong"}}); };
  const auto tokens = body_of(engine.redeem(code));
  if (asks == "used code") return [&engine, code] { return engine.redeem(code); };
  const auto refresh = text_at(tokens, kRefresh);
  const auto access = text_at(tokens, "access_token");
  if (asks == "refresh") return [&engine, refresh] { return engine.refresh(refresh); };
  if (asks == "userinfo") return [&engine, access] { return engine.get("/userinfo", bearer(access)); };
  if (asks == "resource") return [&engine, access] { return engine.use(access); };
  if (asks != "used refresh token") ADD_FAILURE() << "nobody knows how to ask for " << asks;
  engine.refresh(refresh);
  return [&engine, refresh] { return engine.refresh(refresh); };
}

void add_rule(Engine& engine, const Json& json) {
  const auto rule = parse_fault_rule(json);
  ASSERT_TRUE(rule) << rule.error().pointer << ": " << rule.error().message << " in " << json.dump();
  ASSERT_TRUE(engine.realm().add_fault(*rule));
}

void add_rule(Engine& engine, const char* rule) {
  const auto json = Json::parse(rule);
  ASSERT_TRUE(json) << json.error().message << " in " << rule;
  add_rule(engine, *json);
}

std::string text_of(const HttpResponse& response) {
  std::string text = std::to_string(response.status) + "\n";
  for (const auto& [name, value] : response.headers) text += name + ": " + value + "\n";
  if (response.delivery && !arrives_whole(*response.delivery)) text += "(does not arrive whole)\n";
  return text + "\n" + response.body;
}

}  // namespace mockoauth::server::testing
