#include "../framing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mockoauth::wire {
namespace {

using Event = Framer::Event;
using ::testing::HasSubstr;

const std::string kGet = "GET /a?b=%20 HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string kChunked = "POST /t HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string refusal_of(const std::string& bytes, FramingLimits limits = {}) {
  Framer framer(limits);
  framer.feed(bytes);
  Event event{};
  while ((event = framer.next()) == Event::Request || event == Event::SendContinue) {
    if (event == Event::Request) static_cast<void>(framer.take_request());
  }
  if (event != Event::Refused) return "not refused";
  return std::to_string(framer.refusal().status) + " " + framer.refusal().reason;
}

TEST(Framing, KeepsTheRawBytesTheTargetAndRepeatedHeaders) {
  const std::string bytes =
      "POST /token?a=%2F&a=2 HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nb: 2\r\nx-a: 3\r\nContent-Length: 3\r\n\r\nk=v";
  Framer framer({});
  framer.feed(bytes);

  ASSERT_EQ(framer.next(), Event::Request);
  const auto request = framer.take_request();

  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/token?a=%2F&a=2");
  EXPECT_EQ(request.body, "k=v");
  EXPECT_EQ(request.raw, bytes);
  EXPECT_EQ(request.headers, (server::Headers{{"Host", "x"}, {"X-A", "1"}, {"b", "2"}, {"x-a", "3"}, {"Content-Length", "3"}}));
  EXPECT_TRUE(framer.keep_alive());
  EXPECT_EQ(framer.next(), Event::NeedMore);
  EXPECT_FALSE(framer.mid_request());
}

TEST(Framing, TakesAnyStepSize) {
  const std::string chunked = kChunked + "3;x=y\r\nabc\r\n4\r\ndefg\r\n0\r\nX-Trailer: 1\r\n\r\n";
  const std::string stream = kGet + chunked + "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello" + kGet;
  for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{4096}}) {
    Framer framer({});
    std::vector<server::HttpRequest> requests;
    for (std::size_t at = 0; at < stream.size(); at += step) {
      framer.feed(std::string_view(stream).substr(at, step));
      while (framer.next() == Event::Request) requests.push_back(framer.take_request());
    }
    ASSERT_EQ(requests.size(), 4U) << step << ": " << framer.refusal().reason;
    EXPECT_EQ(requests[1].body, "abcdefg");
    EXPECT_EQ(requests[1].raw, chunked);
    EXPECT_EQ(requests[1].count_headers("X-Trailer"), 0U) << "RFC 9110 §6.5.1";
    EXPECT_EQ(requests[2].body, "hello");
    EXPECT_EQ(requests[3].raw, kGet);
  }
}

TEST(Framing, KnowsWhenTheConnectionEnds) {
  const auto lives = [](const std::string& bytes) {
    Framer framer({});
    framer.feed(bytes);
    EXPECT_EQ(framer.next(), Event::Request);
    return framer.keep_alive();
  };
  EXPECT_TRUE(lives(kGet));
  EXPECT_FALSE(lives("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  EXPECT_FALSE(lives("GET / HTTP/1.1\r\nHost: x\r\nConnection: TE, Close\r\n\r\n"));
  EXPECT_FALSE(lives("GET / HTTP/1.0\r\n\r\n"));
}

TEST(Framing, AsksForTheBodyOnlyWhenTheClientWaits) {
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
  Framer waiting({});
  waiting.feed(head);
  EXPECT_EQ(waiting.next(), Event::SendContinue);
  EXPECT_EQ(waiting.next(), Event::NeedMore);
  waiting.feed("ab");
  EXPECT_EQ(waiting.next(), Event::Request);

  Framer impatient({});
  impatient.feed(head + "ab");
  EXPECT_EQ(impatient.next(), Event::Request);
  EXPECT_THAT(refusal_of("POST / HTTP/1.1\r\nHost: x\r\nExpect: 200-ok\r\nContent-Length: 2\r\n\r\n"), HasSubstr("417"));
}

TEST(Framing, TakesTheAbsoluteForm) {
  const auto target_of = [](const std::string& target) {
    Framer framer({});
    framer.feed("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
    return framer.next() == Event::Request ? framer.take_request().target : framer.refusal().reason;
  };
  EXPECT_EQ(target_of("http://x/a?b=http://c"), "/a?b=http://c");
  EXPECT_EQ(target_of("http://x"), "/");
  EXPECT_EQ(target_of("http://x?b"), "/?b");
  EXPECT_EQ(target_of("/a?b=http://c"), "/a?b=http://c");
}

TEST(Framing, IgnoresEmptyLinesBeforeARequest) {
  Framer framer({});
  framer.feed("\r\n\r\n" + kGet + "\r\n" + kGet);
  EXPECT_EQ(framer.next(), Event::Request);
  EXPECT_EQ(framer.next(), Event::Request);
  EXPECT_EQ(framer.next(), Event::NeedMore);
}

TEST(Framing, RefusesWhatIsNoRequest) {
  const std::string get = "GET / HTTP/1.1\r\n";
  const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";
  const std::vector<std::pair<std::string, std::string>> table{
      {"\x16\x03\x01", "400 this looks like TLS"},
      {" GET / HTTP/1.1\r\n\r\n", "400 the request line does not start with a method"},
      {std::string(1, '\0'), "400 the request line does not start with a method"},
      {"garbage\r\n\r\n", "400 "},
      {"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", "400 "},
      {"GET / HTTP/1.1 x\r\nHost: x\r\n\r\n", "400 "},
      {"GET / HTP/1.1\r\nHost: x\r\n\r\n", "400 "},
      {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", "505 "},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 "},
      {"GET / HTTP/1.1\nHost: x\n\n", "400 a line ends in LF without CR"},
      {get + "\r\n", "400 Host is missing"},
      {get + "Host: x\r\nhost: x\r\n\r\n", "400 Host is there more than once"},
      {"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", "400 Host is there more than once"},
      {get + "Host: x\r\nno colon\r\n\r\n", "400 "},
      {get + "Host : x\r\n\r\n", "400 "},
      {get + "Host: x\r\nA: b\x01\r\n\r\n", "400 "},
      {"GET a HTTP/1.1\r\nHost: x\r\n\r\n", "400 the request target"},
      {"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", "501 "},
      {post + "Content-Length: -1\r\n\r\n", "400 "},
      {post + "Content-Length: 1x\r\n\r\n", "400 "},
      {post + "Content-Length: \r\n\r\n", "400 "},
      {post + "Content-Length: 99999999999999999999999999\r\n\r\n", "400 "},
      {post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400 "},
      {post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400 "},
      {post + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", "400 "},
      {post + "Transfer-Encoding: gzip\r\n\r\n", "501 "},
      {post + "Transfer-Encoding: gzip, chunked\r\n\r\n", "501 "},
      {post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", "400 "},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "400 Transfer-Encoding in an HTTP/1.0 request"},
      {kChunked + "xyz\r\n", "400 "},
      {kChunked + "-1\r\n", "400 "},
      {kChunked + "3\r\nabcd\r\n0\r\n\r\n", "400 "},
      {kChunked + "ffffffffffffffffff\r\n", "400 "},
  };
  for (const auto& [bytes, start] : table) EXPECT_THAT(refusal_of(bytes), ::testing::StartsWith(start)) << bytes;
}

TEST(Framing, RefusesWhatIsTooLarge) {
  const FramingLimits limits{.max_header_bytes = 100, .max_body_bytes = 10};
  EXPECT_THAT(refusal_of("GET /" + std::string(200, 'a'), limits), HasSubstr("414"));
  EXPECT_THAT(refusal_of("GET / HTTP/1.1\r\nX: " + std::string(200, 'a'), limits), HasSubstr("431"));
  EXPECT_THAT(refusal_of("GET / HTTP/1.1\r\nX: " + std::string(200, 'a') + "\r\n\r\n", limits), HasSubstr("431"));
  EXPECT_THAT(refusal_of("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n", limits), HasSubstr("413"));
  EXPECT_EQ(refusal_of("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789", limits), "not refused");
  EXPECT_THAT(refusal_of(kChunked + "6\r\nabcdef\r\n6\r\nabcdef\r\n", limits), HasSubstr("413"));
  EXPECT_THAT(refusal_of(kChunked + "1;" + std::string(500, 'x'), limits), HasSubstr("400"));
}

TEST(Framing, SaysNothingAfterARefusal) {
  Framer framer({});
  framer.feed("garbage\r\n\r\n" + kGet);
  EXPECT_EQ(framer.next(), Event::Refused);
  framer.feed(kGet);
  EXPECT_EQ(framer.next(), Event::Refused);
}

}  // namespace
}  // namespace mockoauth::wire
