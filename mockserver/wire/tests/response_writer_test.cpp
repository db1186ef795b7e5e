#include "../response_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mockoauth::wire {
namespace {

using server::HttpResponse;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

const ResponseContext kPlain{.date = "Tue, 24 Nov 2026 03:43:00 GMT"};

TEST(ResponseWriter, WritesTheHeadersInOrderWithLengthAndDate) {
  const HttpResponse response{200, {{"Content-Type", "text/plain"}, {"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}}, "hi"};
  const auto out = write_response(response, kPlain);
  EXPECT_EQ(out.bytes,
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
            "Date: Tue, 24 Nov 2026 03:43:00 GMT\r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_FALSE(out.close);
}

TEST(ResponseWriter, LeavesADateOfTheResponseAlone) {
  const auto out = write_response({200, {{"date", "then"}}, ""}, kPlain);
  EXPECT_THAT(out.bytes, HasSubstr("date: then\r\n"));
  EXPECT_THAT(out.bytes, Not(HasSubstr("2026")));
}

TEST(ResponseWriter, SendsNoBodyWhereThereIsNone) {
  EXPECT_THAT(write_response({200, {}, "body"}, {.is_head = true}).bytes, EndsWith("Content-Length: 4\r\n\r\n"));
  EXPECT_THAT(write_response({204, {}, "body"}, kPlain).bytes, Not(HasSubstr("Content-Length")));
  EXPECT_THAT(write_response({204, {}, "body"}, kPlain).bytes, EndsWith("\r\n\r\n"));
  EXPECT_THAT(write_response({304, {}, "body"}, kPlain).bytes, EndsWith("\r\n\r\n"));
}

TEST(ResponseWriter, SaysThatItCloses) {
  const auto out = write_response({200, {}, ""}, {.keep_alive = false});
  EXPECT_TRUE(out.close);
  EXPECT_THAT(out.bytes, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(write_response({200, {{"Connection", "Close"}}, ""}, kPlain).close);
}

TEST(ResponseWriter, SendsAWrongLengthAsAskedAndCloses) {
  const auto out = write_response({200, {{"Content-Length", "99"}}, "short"}, kPlain);
  EXPECT_THAT(out.bytes, HasSubstr("Content-Length: 99\r\n"));
  EXPECT_THAT(out.bytes, EndsWith("short"));
  EXPECT_TRUE(out.close);
}

TEST(ResponseWriter, LetsNoHeaderEndEarly) {
  const auto out = write_response({302, {{"Location", "/x\r\nSet-Cookie: evil=1"}}, ""}, kPlain);
  EXPECT_THAT(out.bytes, HasSubstr("Location: /x  Set-Cookie: evil=1\r\n"));
}

}  // namespace
}  // namespace mockoauth::wire
