#include "wire/response_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mockoauth::wire {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::time_t kNow = 784111777;

TEST(ResponseWriter, WritesFieldsInOrderAndFramesTheBody) {
  const server::HttpResponse response{
      .status = 401, .headers = {{"WWW-Authenticate", "Basic"}, {"WWW-Authenticate", "DPoP"}}, .body = "no"};

  EXPECT_EQ(write_response(response, {}, kNow),
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nWWW-Authenticate: DPoP\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 2\r\n\r\nno");
}

TEST(ResponseWriter, LetsNoValueSplitTheReply) {
  const server::HttpResponse response{.status = 302,
                                      .headers = {{"Location", std::string("/a\r\nX: 1\n\r\n\r\nHTTP/1.1 200 OK") + '\0' + "b"},
                                                  {"Bad\r\nName", "x"},
                                                  {"Bad Name", "x"},
                                                  {"", "x"}}};

  const auto bytes = write_response(response, {}, kNow);

  EXPECT_THAT(bytes, HasSubstr("Location: /a  X: 1     HTTP/1.1 200 OK b\r\n"));
  EXPECT_THAT(bytes, Not(HasSubstr("\r\nX")));
  EXPECT_THAT(bytes, Not(HasSubstr("Name")));
  EXPECT_EQ(bytes.find("\r\n\r\n"), bytes.size() - 4);
}

TEST(ResponseWriter, TellsTheLengthButSendsNoBodyToHead) {
  const auto bytes = write_response({.body = "12345"}, {.head = true}, kNow);

  EXPECT_THAT(bytes, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_THAT(bytes, EndsWith("\r\n\r\n"));
}

TEST(ResponseWriter, SendsNoBodyAndNoLengthWith204And304) {
  for (const int status : {204, 304}) {
    const auto bytes = write_response({.status = status, .body = "12345"}, {}, kNow);

    EXPECT_THAT(bytes, Not(HasSubstr("Content-Length")));
    EXPECT_THAT(bytes, EndsWith("\r\n\r\n"));
  }
}

TEST(ResponseWriter, FramingFieldsAreItsOwn) {
  const server::HttpResponse response{
      .headers = {{"content-length", "99"}, {"Transfer-Encoding", "chunked"}, {"Connection", "keep-alive"}}, .body = "x"};

  const auto bytes = write_response(response, {.close = true}, kNow);

  EXPECT_THAT(bytes, Not(HasSubstr("content-length")));
  EXPECT_THAT(bytes, Not(HasSubstr("chunked")));
  EXPECT_THAT(bytes, Not(HasSubstr("keep-alive")));
  EXPECT_THAT(bytes, HasSubstr("\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx"));
}

TEST(ResponseWriter, KeepsTheDateOfTheResponse) {
  const auto bytes = write_response({.headers = {{"date", "Thu, 01 Jan 1970 00:00:00 GMT"}}}, {}, kNow);

  EXPECT_THAT(bytes, HasSubstr("date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"));
  EXPECT_THAT(bytes, Not(HasSubstr("Date: ")));
}

TEST(ResponseWriter, NeverSendsAnInterimOrImpossibleStatusAsTheFinalOne) {
  for (const int status : {-1, 0, 100, 199, 1000}) {
    EXPECT_THAT(write_response({.status = status}, {}, kNow), StartsWith("HTTP/1.1 500 ")) << status;
  }
}

}  // namespace
}  // namespace mockoauth::wire
