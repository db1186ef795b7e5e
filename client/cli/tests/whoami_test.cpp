// How what a provider says of a person gets to a terminal.
#include <gtest/gtest.h>

#include <terminal.hpp>

namespace mimir::cli {
namespace {

oauth::EnvironmentLookup locale(std::string name, std::string value) {
  return [name = std::move(name), value = std::move(value)](std::string_view asked) {
    return asked == name ? std::optional(value) : std::nullopt;
  };
}

TEST(Whoami, BytesBeyondAsciiGoOnlyWhereTheyAreReadAsUtf8) {  // CH-CL-05, CH-OI-15
  EXPECT_TRUE(is_utf8_locale(locale("LC_ALL", "C.UTF-8")));
  EXPECT_TRUE(is_utf8_locale(locale("LANG", "de_DE.utf8")));
  EXPECT_FALSE(is_utf8_locale(locale("LANG", "de_DE.ISO-8859-1")));
  EXPECT_FALSE(is_utf8_locale(locale("TERM", "UTF-8")));
  EXPECT_EQ(printable_lines("a\u00db\n\x1b[b\r\n"), "a??\n?[b?\n");
}

}  // namespace
}  // namespace mimir::cli
