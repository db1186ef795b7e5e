#include <internal/refresh_journal.hpp>

#include <gtest/gtest.h>

namespace mimir::oauth::internal {
namespace {

const TimePoint kNow{std::chrono::hours(500'000)};

RefreshJournal read(const std::string& text) {
  const auto storage = make_memory_storage();
  EXPECT_TRUE(storage->write_note("mock", text));
  return read_journal(*storage, "mock");
}

TEST(RefreshJournal, ComesBackAsItWasWritten) {
  const auto storage = make_memory_storage();
  RefreshJournal journal{.sent_generation = 7, .lost_answers = 1};
  journal.note_attempt(kNow);

  ASSERT_TRUE(write_journal(*storage, "mock", journal));
  const auto back = read_journal(*storage, "mock");

  EXPECT_EQ(back.sent_generation, 7U);
  EXPECT_EQ(back.lost_answers, 1);
  EXPECT_EQ(back.recent, std::vector<TimePoint>{kNow});
}

TEST(RefreshJournal, GoesWithTheLogin) {
  const auto storage = make_memory_storage();
  ASSERT_TRUE(write_journal(*storage, "mock", {.sent_generation = 7}));
  ASSERT_TRUE(storage->erase("mock"));
  EXPECT_FALSE(read_journal(*storage, "mock").sent_generation);
}

TEST(RefreshJournal, NonsenseIsAnEmptyNote) {
  for (const auto* text : {"", "{", "[]", "null", R"({"sent_generation":"7"})", R"({"sent_generation":-1})",
                           R"({"recent":{}})", R"({"recent":["x",null,-5,9223372036854775807,-9223372036854775808]})"}) {
    const auto journal = read(text);
    EXPECT_FALSE(journal.sent_generation) << text;
    EXPECT_TRUE(journal.recent.empty()) << text;
    EXPECT_FALSE(journal.brake(kNow)) << text;
  }
}

TEST(RefreshJournal, BrakesAtTwentyWithinThirtySecondsAndNotWhenTheClockWasSetBack) {
  RefreshJournal journal;
  for (int i = 0; i < 19; ++i) journal.note_attempt(kNow + std::chrono::seconds(i));
  EXPECT_FALSE(journal.brake(kNow + std::chrono::seconds(19)));
  journal.note_attempt(kNow + std::chrono::seconds(19));

  EXPECT_EQ(journal.brake(kNow + std::chrono::seconds(20)), std::chrono::seconds(10));
  EXPECT_FALSE(journal.brake(kNow + std::chrono::seconds(30)));
  EXPECT_FALSE(journal.brake(kNow - std::chrono::hours(1)));
}

}  // namespace
}  // namespace mimir::oauth::internal
