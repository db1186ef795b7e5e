// Realms behind one origin, the virtual clock, the journal and its redaction.
#include <set>
#include <tuple>

#include <mockoauth/server/virtual_clock.hpp>

#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

struct World {
  mimir::codec::ManualClock clock{mimir::codec::TimePoint(1'800'000'000'000ms)};
  Server server{clock, "http://127.0.0.1:4321"};

  std::shared_ptr<Realm> create(const std::string& name) {
    RealmOptions options;
    options.name = name;
    options.clients = {{.client_id = "app", .redirect_uris = {"http://127.0.0.1/callback"}}};
    auto realm = server.create_realm(std::move(options));
    EXPECT_TRUE(realm) << name;
    return realm ? *realm : nullptr;
  }
  HttpResponse get(const std::string& target) { return server.handle({.method = "GET", .target = target}); }
};

TEST(ServerRealms, AreRoutedByPath) {
  World world;
  const auto one = world.create("default");
  const auto two = world.create("two");

  EXPECT_EQ(one->issuer(), "http://127.0.0.1:4321");
  EXPECT_EQ(two->issuer(), "http://127.0.0.1:4321/r/two");
  EXPECT_EQ(two->resource_url(), "http://127.0.0.1:4321/r/two/resource");
  EXPECT_EQ(body_of(world.get("/.well-known/oauth-authorization-server")).string_at("issuer"), one->issuer());
  EXPECT_EQ(body_of(world.get("/.well-known/oauth-authorization-server/r/two")).string_at("issuer"), two->issuer());
  EXPECT_EQ(body_of(world.get("/.well-known/openid-configuration/r/two")).string_at("issuer"), two->issuer());
  EXPECT_EQ(body_of(world.get("/r/two/.well-known/openid-configuration")).string_at("issuer"), two->issuer());
  EXPECT_EQ(body_of(world.get("/r/two/.well-known/openid-configuration")).string_at("token_endpoint"),
            "http://127.0.0.1:4321/r/two/token");
  EXPECT_EQ(world.get("/r/two/resource?x=1").status, 401);
}

TEST(ServerRealms, WellKnownIsInsertedNotAppended) {
  World world;
  const auto two = world.create("two");
  EXPECT_EQ(world.get("/r/two/.well-known/oauth-authorization-server").status, 404);
  EXPECT_EQ(two->journal().last_number(), 1u);
}

TEST(ServerRealms, DoNotSeeEachOther) {
  World world;
  const auto one = world.create("one");
  const auto two = world.create("two");
  auto request = Engine::authorization_request();
  request.set("redirect_uri", "http://127.0.0.1:9/callback");
  const auto code = location_of(world.get("/r/one/authorize?" + request.encode())).one("code").value_or("");
  auto form = Engine::code_request(code);
  form.set("redirect_uri", "http://127.0.0.1:9/callback");
  const HttpRequest redeem{.method = "POST", .target = "", .headers = {{"Content-Type", std::string(kFormType)}},
                           .body = form.encode()};
  auto at_two = redeem;
  at_two.target = "/r/two/token";
  auto at_one = redeem;
  at_one.target = "/r/one/token";
  ASSERT_TRUE(two->add_fault({.fault = "http.status", .when = {.endpoint = "resource"}, .arguments =
                              Json::object({{"status", 503}})}));
  two->clock().advance(24h);

  expect_error(world.server.handle(at_two), 400, "invalid_grant");
  EXPECT_EQ(world.server.handle(at_one).status, 200);
  EXPECT_EQ(world.get("/r/one/resource").status, 401);
  EXPECT_EQ(one->journal().exchanges().size(), 3u);
  EXPECT_EQ(two->journal().exchanges().size(), 1u);
}

TEST(ServerRealms, NamesAndUnknownOnes) {
  World world;
  for (const char* name : {"", "A", "a b", "a/b", "ä", "a_b"}) {
    RealmOptions options;
    options.name = name;
    EXPECT_EQ(world.server.create_realm(options).error().code, "realm.name") << name;
  }
  RealmOptions options;
  options.name = std::string(65, 'a');
  EXPECT_EQ(world.server.create_realm(options).error().code, "realm.name");
  options.name = std::string(64, 'a');
  EXPECT_TRUE(world.server.create_realm(options));
  EXPECT_EQ(world.server.create_realm(options).error().code, "realm.exists");

  for (const char* target : {"/", "/token", "/r/none/token", "/r/", "/r//token",
                             "/.well-known/oauth-authorization-server/r/none", "", "*"}) {
    EXPECT_EQ(world.get(target).status, 404) << target;
  }
}

TEST(ServerRealms, CanBeDropped) {
  World world;
  const auto held = world.create("one");
  EXPECT_EQ(world.server.realms(), std::vector<std::string>{"one"});
  EXPECT_TRUE(world.server.drop_realm("one"));
  EXPECT_FALSE(world.server.drop_realm("one"));
  EXPECT_EQ(world.get("/r/one/resource").status, 404);
  EXPECT_EQ(held->handle({.method = "GET", .target = "/resource"}).status, 401);
}

TEST(ServerRealms, AreLimitedInNumber) {
  const mimir::codec::ManualClock clock{mimir::codec::TimePoint(1'800'000'000'000ms)};
  Server server(clock, "http://127.0.0.1:4321", {.realms = 2});
  EXPECT_TRUE(server.create_realm({.name = "one"}));
  EXPECT_TRUE(server.create_realm({.name = "two"}));

  const auto third = server.create_realm({.name = "three"});
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, "realm.limit");
  EXPECT_EQ(server.create_realm({.name = "two"}).error().code, "realm.exists");
  EXPECT_EQ(server.handle({.method = "GET", .target = "/r/three/jwks"}).status, 404);

  EXPECT_TRUE(server.drop_realm("one"));
  EXPECT_TRUE(server.create_realm({.name = "three"}));
}

TEST(MethodErrors, UnknownPathIs404AndWrongMethod405) {
  Engine engine;
  const auto missing = engine.get("/nothing");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(text_at(missing, "error"), "not_found");
  EXPECT_EQ(engine.last().endpoint, "");

  const auto wrong = engine.post("/jwks", {});
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("Allow"), "GET, HEAD");
  EXPECT_EQ(engine.realm().handle({.method = "HEAD", .target = "/jwks"}).status, 200);
}

TEST(VirtualClock, AdvancesFreezesAndResumes) {
  mimir::codec::ManualClock base{mimir::codec::TimePoint(1000ms)};
  VirtualClock clock(base);
  clock.advance(500ms);
  EXPECT_EQ(clock.now(), mimir::codec::TimePoint(1500ms));
  clock.freeze();
  base.advance(10s);
  EXPECT_EQ(clock.now(), mimir::codec::TimePoint(1500ms));
  clock.advance(1ms);
  clock.resume();
  EXPECT_EQ(clock.now(), mimir::codec::TimePoint(1501ms));
  base.advance(1s);
  EXPECT_EQ(clock.now(), mimir::codec::TimePoint(2501ms));
}

TEST(VirtualClock, IsWhatTheDateHeaderSays) {
  Engine engine;
  engine.advance(24h);
  EXPECT_EQ(engine.get("/resource").header("Date"), "Sat, 16 Jan 2027 08:00:00 GMT");
}

TEST(Journal, TellsWhichTokenCameFromWhich) {
  Engine engine;
  const auto tokens = engine.login();
  engine.refresh(text_at(tokens, kRefresh));
  engine.use(text_at(tokens, "access_token"));

  const auto all = engine.realm().journal().exchanges();

  ASSERT_EQ(all.size(), 4u);
  using List = std::vector<std::string>;
  EXPECT_EQ(all[0].endpoint, "authorize");
  EXPECT_EQ(all[0].issued, List{"code:c1"});
  EXPECT_EQ(all[1].consumed, List{"code:c1"});
  EXPECT_EQ(all[1].issued, (List{"refresh:r1", "access:a1"}));
  EXPECT_EQ(all[2].grant_type, "refresh_token");
  EXPECT_EQ(all[2].consumed, List{"refresh:r1"});
  EXPECT_EQ(all[2].issued, (List{"refresh:r2", "access:a2"}));
  EXPECT_EQ(all[3].consumed, List{"access:a1"});
  for (const auto& exchange : all) {
    EXPECT_EQ(exchange.grant, "g1");
    EXPECT_EQ(exchange.client_id, "app");
  }
  EXPECT_EQ(engine.realm().journal().since(2).size(), 2u);
}

TEST(Journal, SaysWhyAndByWhichClause) {
  Engine engine;
  engine.redeem("garbage");
  const auto last = engine.last();
  EXPECT_EQ(last.error, "invalid_grant");
  EXPECT_EQ(last.reason, "code_unknown: the authorization code is not one that was issued here");
  EXPECT_EQ(last.clause, "RFC 6749 §5.2");
  EXPECT_EQ(last.parameters.one("code"), "garbage");
  EXPECT_EQ(last.response.status, 400);
}

TEST(Journal, IsARing) {
  Journal journal({.exchanges = 2});
  for (int i = 0; i < 5; ++i) journal.add({});
  EXPECT_EQ(journal.exchanges().size(), 2u);
  EXPECT_EQ(journal.exchanges().front().number, 4u);
  EXPECT_EQ(journal.dropped(), 3u);
  EXPECT_EQ(journal.last_number(), 5u);
  journal.clear();
  EXPECT_TRUE(journal.exchanges().empty());
}

TEST(Journal, IsBoundedInBytesToo) {
  const auto exchange_with_body = [](std::size_t bytes) {
    Exchange exchange;
    exchange.request.body.assign(bytes, 'x');
    return exchange;
  };
  Journal journal({.bytes = 100'000});

  for (int i = 0; i < 50; ++i) {
    journal.add(exchange_with_body(30'000));
    EXPECT_LE(journal.bytes(), 100'000u);
  }

  EXPECT_EQ(journal.exchanges().size(), 3u);
  EXPECT_EQ(journal.exchanges().back().number, 50u);
  EXPECT_EQ(journal.dropped(), 47u);

  journal.add(exchange_with_body(200'000));  // Too large by itself: the others stay.
  EXPECT_EQ(journal.exchanges().size(), 3u);
  EXPECT_EQ(journal.dropped(), 48u);
  EXPECT_EQ(journal.last_number(), 51u);

  journal.clear();
  EXPECT_EQ(journal.bytes(), 0u);
}

TEST(Journal, GivesBackWhatItWasGiven) {
  Exchange given{.virtual_time = TimePoint(1ms), .real_time = TimePoint(2ms), .endpoint = "token"};
  given.request = {.method = "POST", .target = "/token?x", .headers = {{"A", "1"}, {"A", ""}}, .body = "a=1\0", .raw =
                   std::string("\0raw", 4), .version = "HTTP/1.0", .origin = 3, .client_certificate = "\xff der"};
  given.parameters = {{"a", "1"}, {"a", "2"}, {"", ""}};
  given.response = {.status = 400, .headers = {{"Date", "now"}}, .body = "{}"};
  given.client_id = "app";
  given.grant_type = "refresh_token";
  given.error = "invalid_grant";
  given.reason = "why";
  given.clause = "RFC 6749 §5.2";
  given.faults = {"f1", "f2"};
  given.grant = "g1";
  given.issued = {"access:a1"};
  given.consumed = {"refresh:r1", "code:c1"};
  Journal journal;
  journal.add({});
  journal.add(given);

  const auto found = journal.since(1);
  ASSERT_EQ(found.size(), 1u);
  const auto& e = found.front();
  EXPECT_EQ(e.number, 2u);
  EXPECT_EQ(std::tie(e.virtual_time, e.real_time, e.endpoint, e.parameters, e.client_id, e.grant_type, e.error),
            std::tie(given.virtual_time, given.real_time, given.endpoint, given.parameters, given.client_id,
                     given.grant_type, given.error));
  EXPECT_EQ(std::tie(e.reason, e.clause, e.faults, e.grant, e.issued, e.consumed),
            std::tie(given.reason, given.clause, given.faults, given.grant, given.issued, given.consumed));
  EXPECT_EQ(std::tie(e.request.method, e.request.target, e.request.headers, e.request.body, e.request.raw),
            std::tie(given.request.method, given.request.target, given.request.headers, given.request.body,
                     given.request.raw));
  EXPECT_EQ(std::tie(e.request.version, e.request.origin, e.request.client_certificate),
            std::tie(given.request.version, given.request.origin, given.request.client_certificate));
  EXPECT_EQ(std::tie(e.response.status, e.response.headers, e.response.body),
            std::tie(given.response.status, given.response.headers, given.response.body));
}

TEST(Journal, CountsEverythingThatAClientCanMakeLong) {
  const auto bytes_with = [](auto change) {
    Journal journal;
    Exchange exchange;
    change(exchange);
    journal.add(std::move(exchange));
    return journal.bytes();
  };
  const auto least = bytes_with([](Exchange&) {});
  const std::string long_text(10'000, 'x');

  EXPECT_GE(bytes_with([&](auto& e) { e.request.method = long_text; }), least + 10'000);
  EXPECT_GE(bytes_with([&](auto& e) { e.request.target = long_text; }), least + 10'000);
  EXPECT_GE(bytes_with([&](auto& e) { e.request.headers = {{"A", long_text}}; }), least + 10'000);
  EXPECT_GE(bytes_with([&](auto& e) { e.request.raw = long_text; }), least + 10'000);
  EXPECT_GE(bytes_with([&](auto& e) { e.parameters.add(long_text, ""); }), least + 10'000);
  EXPECT_GE(bytes_with([&](auto& e) { e.parameters.add("", long_text); }), least + 10'000);
  EXPECT_GE(bytes_with([&](auto& e) { e.response.headers = {{"Location", long_text}}; }), least + 10'000);
  EXPECT_GE(bytes_with([&](auto& e) { e.response.body = long_text; }), least + 10'000);
  EXPECT_GE(bytes_with([&](auto& e) { e.client_id = long_text; }), least + 10'000);
  EXPECT_GE(bytes_with([&](auto& e) { e.grant_type = long_text; }), least + 10'000);
  EXPECT_GE(bytes_with([&](auto& e) { e.reason = long_text; }), least + 10'000);
}

TEST(Journal, OfARealmKeepsToTheBytesItIsGiven) {
  mimir::codec::ManualClock clock{TimePoint(std::chrono::milliseconds(1'800'000'000'000))};
  Realm realm({.base_url = "http://127.0.0.1:1", .journal_bytes = 200'000}, clock);
  for (int i = 0; i < 20; ++i) {
    realm.handle({.method = "POST", .target = "/token", .headers = {{"Content-Type", "text/plain"}},
                  .body = std::string(40'000, 'x')});
  }
  EXPECT_LE(realm.journal().bytes(), 200'000u);
  EXPECT_GE(realm.journal().exchanges().size(), 2u);
  EXPECT_EQ(realm.journal().dropped() + realm.journal().exchanges().size(), 20u);
}

TEST(Journal, KeepsHugeRequestsShort) {
  Engine engine;
  engine.realm().handle({.method = "POST", .target = "/token", .headers = {{"Content-Type", "text/plain"}}, .body =
                         std::string(1'000'000, 'x')});
  EXPECT_LE(engine.last().request.body.size(), 64u * 1024);
  EXPECT_LE(engine.realm().journal().bytes(), 80u * 1024) << "what was cut off is not kept either";
}

TEST(JournalRedaction, NoSecretIsInTheExport) {
  Engine engine;
  std::set<std::string> secrets{std::string(kVerifier), "s3cret:/+ &=%", "s3cret%3A%2F%2B+%26%3D%25"};
  const auto tokens = engine.login();
  for (const char* name : {"access_token", "refresh_token", "id_token"}) secrets.insert(text_at(tokens, name));
  const auto next = engine.refresh(text_at(tokens, kRefresh));
  for (const char* name : {"access_token", "refresh_token", "id_token"}) secrets.insert(text_at(next, name));
  engine.use(text_at(tokens, "access_token"));
  engine.revoke(text_at(tokens, kRefresh));
  engine.post("/token", {{"grant_type", "refresh_token"}, {"refresh_token", "short"}}, basic("web", "s3cret:/+ &=%"));
  engine.post("/token", {{"grant_type", "refresh_token"}, {"client_id", "web"}, {"client_secret", "s3cret:/+ &=%"}});
  engine.get("/resource?access_token=" + text_at(tokens, "access_token"));
  engine.realm().handle({.method = "POST", .target = "/token", .headers = {{"Content-Type", "application/json"}},
                         .body = Json::object({{"code", std::string(kVerifier)}}).dump()});
  engine.realm().handle({.method = "POST", .target = "/token", .headers = {{"Content-Type", "text/plain"}}, .body =
                         std::string(kVerifier)});
  const auto code = engine.realm().journal().exchanges().front().response.header("Location").value_or("");
  secrets.insert(location_of({303, {{"Location", code}}, {}}).one("code").value_or("x"));

  std::string masked;
  std::string open;
  for (const auto& exchange : engine.realm().journal().exchanges()) {
    masked += exchange_to_json(exchange).dump();
    open += exchange_to_json(exchange, false).dump();
  }

  for (const auto& secret : secrets) EXPECT_EQ(masked.find(secret), std::string::npos) << secret;
  EXPECT_NE(open.find(text_at(tokens, "access_token")), std::string::npos);
  const auto token = text_at(tokens, "access_token");
  const auto digest = mimir::codec::hex_encode(mimir::codec::sha256(token)).substr(0, 8);
  EXPECT_NE(masked.find("‹…" + token.substr(token.size() - 4) + " #" + digest + "›"), std::string::npos);
  EXPECT_NE(masked.find("xyz"), std::string::npos) << "state is no secret";
}

TEST(HostileInput, IsRefusedCalmly) {
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "a" + std::to_string(i) + "=1&";
  const std::string bodies[] =
      {"%", "a=%", "a=%zz", "a=%00", std::string("a=\0b", 4), many, "grant_type=" + std::string(900'000, 'x'),
                                "grant_type=%ff%fe", "=", "&&&&", std::string(70'000, '&')};
  Engine engine;
  for (const auto& body : bodies) {
    const HttpRequest post{.method = "POST", .target = "/token", .headers = {{"Content-Type", std::string(kFormType)}},
                           .body = body};
    const auto token = engine.realm().handle(post);
    EXPECT_EQ(token.status, body.size() > 64 * 1024 ? 413 : 400) << body.substr(0, 40);
    EXPECT_FALSE(text_at(token, "error").empty());
    for (const char* path : {"/authorize", "/resource", "/userinfo", "/revoke", "/jwks", "/nothing"}) {
      const auto by_query = engine.get(std::string(path) + "?" + body);
      EXPECT_GE(by_query.status, 200);
      EXPECT_LT(by_query.status, 500) << path;
      EXPECT_FALSE(by_query.header("Location"));
      auto by_body = post;
      by_body.target = path;
      EXPECT_LT(engine.realm().handle(by_body).status, 500) << path;
    }
  }
  const std::string jsons[] =
      {"", "{", "[]", "null", "{\"a\":1,\"a\":2}", std::string(100'000, '['), "{\"grant_type\":{\"x\":1}}", "\xff"};
  for (const auto& json : jsons) {
    const auto response = engine.realm().handle(
        {.method = "POST", .target = "/token", .headers = {{"Content-Type", "application/json"}}, .body = json});
    EXPECT_EQ(response.status, json.size() > 64 * 1024 ? 413 : 400) << json.substr(0, 40);
  }
  EXPECT_EQ(engine.redeem(engine.code()).status, 200);
}

TEST(HostileInput, LimitsAreNamedInTheJournal) {
  Engine engine;
  const auto post = [&](const std::string& type, const std::string& body) {
    return engine.realm().handle(
        {.method = "POST", .target = "/token", .headers = {{"Content-Type", type}}, .body = body}).status;
  };
  const auto parameters = [](int count) {
    std::string form;
    for (int i = 0; i < count; ++i) form += (i == 0 ? "a" : "&a") + std::to_string(i);
    return form;
  };
  const auto nested = [](std::size_t levels) {
    return "{\"a\":" + std::string(levels - 1, '[') + std::string(levels - 1, ']') + "}";
  };
  const auto reason_has = [&](std::string_view part) {
    return engine.last().reason.find(part) != std::string::npos;
  };

  EXPECT_EQ(post(std::string(kFormType), parameters(257)), 400);
  EXPECT_TRUE(reason_has("more than 256 parameters")) << engine.last().reason;
  EXPECT_EQ(post(std::string(kFormType), parameters(256)), 400);
  EXPECT_TRUE(reason_has("grant_type is missing")) << engine.last().reason;
  EXPECT_GE(engine.get("/authorize?" + parameters(257)).status, 400);
  EXPECT_TRUE(reason_has("more than 256 parameters")) << engine.last().reason;

  EXPECT_EQ(post("application/json", nested(65)), 400);
  EXPECT_TRUE(reason_has("nested deeper than 64 levels")) << engine.last().reason;
  EXPECT_EQ(post("application/json", nested(64)), 400);
  EXPECT_FALSE(reason_has("nested")) << engine.last().reason;

  EXPECT_EQ(post(std::string(kFormType), "a=" + std::string(64 * 1024, 'x')), 413);
  EXPECT_TRUE(reason_has("more than 64 KiB")) << engine.last().reason;
}

}  // namespace
}  // namespace mockoauth::server::testing
