// Faults of HTTP: what they make of an answer that is otherwise right.
#include <gmock/gmock.h>
#include <zlib.h>

#include "tests/faults/provocation.hpp"

namespace mockoauth::server::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

HttpResponse http_after(const std::string& rule, const char* asks = "token") {
  Engine engine(fault_profile());
  const auto request = prepare(engine, asks);
  add_rule(engine, rule.c_str());
  return request();
}

std::size_t count_of(const HttpResponse& response, std::string_view name) {
  std::size_t count = 0;
  for (const auto& header : response.headers) count += header.first == name ? 1 : 0;
  return count;
}

/// What zlib makes of it; nothing: it is no whole gzip stream.
std::optional<std::string> gunzipped(const std::string& bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return std::nullopt;
  std::string out(4 * 1024 * 1024, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const bool whole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0;
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return whole ? std::optional(out) : std::nullopt;
}

TEST(FaultHttpHeaders, RemovesSetsAndAdds) {
  const auto answer = http_after(R"({"fault":"http.headers","arguments":{"remove":["pragma"],"set":{"Cache-Control":"public"},
                                "add":{"Cache-Control":"max-age=9","X":"y"}}})");
  EXPECT_FALSE(answer.header("Pragma"));
  EXPECT_EQ(answer.header("Cache-Control"), "public");
  EXPECT_EQ(count_of(answer, "Cache-Control"), 2u);
  EXPECT_EQ(answer.header("X"), "y");
  EXPECT_EQ(answer.status, 200);
}

TEST(FaultHttpHeaders, RefusesWhatCannotBeSent) {
  for (const char* arguments : {R"({})", R"({"set":{"Content-Length":"7"}})", R"({"add":{"transfer-encoding":"chunked"}})",
                                R"({"remove":["Connection"]})", R"({"set":{"a b":"c"}})", R"({"set":{"X":"a\r\nb"}})"}) {
    const auto rule = R"({"fault":"http.headers","arguments":)" + std::string(arguments) + "}";
    EXPECT_FALSE(parse_fault_rule(*Json::parse(rule))) << arguments;
  }
}

TEST(FaultHttpRedirect, HasEveryStatusAndReplacesTheEndpoint) {
  for (const int status : {301, 302, 303, 307, 308}) {
    Engine engine(fault_profile());
    const auto code = engine.code();
    add_rule(engine, (R"({"fault":"http.redirect","arguments":{"location":"/elsewhere","status":)" + std::to_string(status) +
                      "}}").c_str());
    const auto answer = engine.redeem(code);
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.header("Location"), "/elsewhere");
    EXPECT_EQ(engine.redeem(code).status, 200) << "the code was not used";
  }
  EXPECT_FALSE(parse_fault_rule(*Json::parse(R"({"fault":"http.redirect","arguments":{"status":304}})")));
}

TEST(FaultHttpRedirect, LeadsBackToItselfUnlessItIsToldWhereTo) {
  EXPECT_EQ(http_after(R"({"fault":"http.redirect"})").header("Location"), "http://127.0.0.1:4321/token");
}

TEST(FaultHttpRetryAfter, HasBothForms) {
  const auto seconds = http_after(R"({"fault":"http.retry_after","arguments":{"wait_s":7,"status":429}})");
  EXPECT_EQ(seconds.status, 429);
  EXPECT_EQ(seconds.header("Retry-After"), "7");
  const auto date = http_after(R"({"fault":"http.retry_after","arguments":{"wait_s":7,"form":"http_date"}})");
  EXPECT_EQ(date.status, 503);
  EXPECT_EQ(date.header("Retry-After"), "Fri, 15 Jan 2027 08:00:07 GMT");
  EXPECT_EQ(date.header("Date"), "Fri, 15 Jan 2027 08:00:00 GMT");
}

TEST(FaultHttpContentType, LiesOrSaysNothing) {
  const auto lie = http_after(R"({"fault":"http.content_type","arguments":{"type":"text/plain; charset=utf-7"}})");
  EXPECT_EQ(lie.header("Content-Type"), "text/plain; charset=utf-7");
  EXPECT_TRUE(Json::parse(lie.body));
  EXPECT_FALSE(http_after(R"({"fault":"http.content_type"})").header("Content-Type"));
}

TEST(FaultHttpCharset, EncodesTheBody) {
  const char* added = R"({"fault":"answer.unknown_members"})";
  Engine engine(fault_profile());
  const auto code = engine.code();
  add_rule(engine, added);
  add_rule(engine, R"({"fault":"http.charset"})");
  const auto utf16 = engine.redeem(code);
  EXPECT_EQ(utf16.header("Content-Type"), "application/json; charset=utf-16");
  EXPECT_THAT(utf16.body, StartsWith(std::string("\xfe\xff\0{\0\"", 6)));
  EXPECT_THAT(utf16.body, HasSubstr(std::string("\x26\x03", 2))) << "U+2603, which UTF-8 has three bytes for";

  const auto latin = http_after(R"({"fault":"http.charset","arguments":{"charset":"iso-8859-1","declared":false}})");
  EXPECT_THAT(latin.header("Content-Type").value_or(""), ::testing::Not(HasSubstr("8859")));
}

TEST(FaultHttpGzip, IsRightOrLies) {
  const auto plain = http_after(R"({"fault":"behave"})");
  const auto right = http_after(R"({"fault":"http.gzip"})");
  EXPECT_EQ(right.header("Content-Encoding"), "gzip");
  EXPECT_EQ(gunzipped(right.body), plain.body);

  const auto header = http_after(R"({"fault":"http.gzip","arguments":{"how":"only_header"}})");
  EXPECT_EQ(header.header("Content-Encoding"), "gzip");
  EXPECT_EQ(header.body, plain.body);
  const auto body = http_after(R"({"fault":"http.gzip","arguments":{"how":"only_body"}})");
  EXPECT_FALSE(body.header("Content-Encoding"));
  EXPECT_EQ(gunzipped(body.body), plain.body);
  EXPECT_FALSE(gunzipped(http_after(R"({"fault":"http.gzip","arguments":{"how":"cut"}})").body));
}

TEST(FaultHttpBigBody, IsAsLargeAsItIsToldAndStillJson) {
  Engine engine(fault_profile());
  const auto code = engine.code();
  add_rule(engine, R"({"fault":"http.big_body","arguments":{"bytes":3000000}})");
  const auto answer = engine.redeem(code);
  EXPECT_EQ(answer.body.size(), 3'000'000u);
  const auto body = Json::parse(answer.body, {.max_bytes = 4'000'000});
  ASSERT_TRUE(body);
  EXPECT_FALSE(text_at(*body, "access_token").empty());
  EXPECT_LE(engine.last().response.body.size(), 64u * 1024) << "the journal does not keep all of it";
  EXPECT_FALSE(parse_fault_rule(*Json::parse(R"({"fault":"http.big_body","arguments":{"bytes":100000000}})")));
}

TEST(FaultHttpBigBody, BecomesSmallWhenItIsCompressedAfterwards) {
  Engine engine(fault_profile());
  const auto code = engine.code();
  add_rule(engine, R"({"fault":"http.big_body","arguments":{"bytes":3000000}})");
  add_rule(engine, R"({"fault":"http.gzip"})");
  const auto answer = engine.redeem(code);
  EXPECT_LT(answer.body.size(), 10'000u);
  EXPECT_EQ(gunzipped(answer.body).value_or("").size(), 3'000'000u);
}

TEST(FaultHttpRepeatHeader, IsThereTwice) {
  const auto answer = http_after(R"({"fault":"http.repeat_header","arguments":{"name":"Content-Type","value":"text/html"}})");
  EXPECT_EQ(count_of(answer, "Content-Type"), 2u);
  EXPECT_THAT(answer.header("Content-Type").value_or(""), StartsWith("application/json"));
}

TEST(FaultHttpBody, BeginsWithAMarkOrHasBadBytes) {
  const auto bom = http_after(R"({"fault":"http.bom"})");
  EXPECT_THAT(bom.body, StartsWith("\xef\xbb\xbf{"));
  EXPECT_TRUE(Json::parse(std::string_view(bom.body).substr(3)));
  const auto bytes = http_after(R"({"fault":"http.bad_utf8"})");
  EXPECT_FALSE(Json::parse(bytes.body));
  EXPECT_TRUE(bytes.body.ends_with("\xc3\x28\xff\"}")) << bytes.body;
}

TEST(FaultTimeJump, MovesTheClockForEverybody) {
  Engine engine(fault_profile());
  const auto code = engine.code();
  add_rule(engine, R"({"fault":"time.jump","arguments":{"by_s":86400}})");
  expect_error(engine.redeem(code), 400, "invalid_grant", "expired");
  EXPECT_EQ(engine.get("/jwks").header("Date"), "Sat, 16 Jan 2027 08:00:00 GMT");
}

TEST(FaultTimeJump, AfterCommitLeavesWhatWasJudged) {
  Engine engine(fault_profile());
  const auto code = engine.code();
  add_rule(engine, R"({"fault":"time.jump","phase":"after_commit","arguments":{"by_s":-60}})");
  EXPECT_EQ(engine.redeem(code).status, 200);
  EXPECT_EQ(engine.get("/jwks").header("Date"), "Fri, 15 Jan 2027 07:59:00 GMT");
}

TEST(FaultTimeSkew, IsSeenInThisAnswerAndNotStored) {
  Engine engine(fault_profile());
  const auto code = engine.code();
  add_rule(engine, R"({"fault":"time.skew","arguments":{"by_s":-7200}})");
  const auto answer = engine.redeem(code);
  ASSERT_EQ(answer.status, 200) << "it is judged by the right time";
  EXPECT_EQ(answer.header("Date"), "Fri, 15 Jan 2027 06:00:00 GMT");
  const auto claims = claims_of(text_at(answer, "id_token"));
  EXPECT_EQ(claims.int_at("iat"), 1'800'000'000 - 7200);
  EXPECT_EQ(claims.int_at("exp"), 1'800'000'000 - 3600);
  EXPECT_EQ(engine.use(text_at(answer, "access_token")).status, 200);
  EXPECT_EQ(engine.get("/jwks").header("Date"), "Fri, 15 Jan 2027 08:00:00 GMT");
}

}  // namespace
}  // namespace mockoauth::server::testing
