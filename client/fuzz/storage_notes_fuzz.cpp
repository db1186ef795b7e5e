// The small files beside a login: which storage holds it, and what a refresh left behind. Anything may lie in their place.
#include <cstdint>
#include <cstdlib>

#include <internal/refresh_journal.hpp>

namespace {

class OneNote final : public mimir::oauth::TokenStorage {
 public:
  explicit OneNote(std::string text) : text_(std::move(text)) {}
  mimir::oauth::Result<> probe() override { return {}; }
  mimir::oauth::Result<std::optional<mimir::oauth::StoredLogin>> load(const std::string&) override {
    return std::optional<mimir::oauth::StoredLogin>{};
  }
  mimir::oauth::Result<std::uint64_t> store(const std::string&, const mimir::oauth::StoredLogin&, std::uint64_t) override {
    return 1;
  }
  mimir::oauth::Result<> erase(const std::string&) override { return {}; }
  mimir::oauth::Result<std::vector<std::string>> providers() override { return std::vector<std::string>{}; }
  mimir::oauth::Result<std::unique_ptr<Lock>> lock(const std::string&, std::chrono::milliseconds, std::stop_token) override {
    return std::make_unique<Lock>();
  }
  mimir::oauth::Result<std::string> read_note(const std::string&) override { return text_; }
  mimir::oauth::Result<> write_note(const std::string&, const std::string& text) override {
    text_ = text;
    return {};
  }
  std::string description() const override { return "one note"; }

 private:
  std::string text_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mimir::oauth;
  using namespace mimir::oauth::internal;
  OneNote storage(std::string(reinterpret_cast<const char*>(data), size));
  auto journal = read_journal(storage, "google");
  const TimePoint now{std::chrono::hours(500'000)};
  if (const auto wait = journal.brake(now); wait && *wait > RefreshJournal::kBrakeWindow) std::abort();
  journal.note_attempt(now);
  if (journal.recent.size() > RefreshJournal::kBrakeCount) std::abort();
  if (!write_journal(storage, "google", journal)) std::abort();
  if (read_journal(storage, "google").sent_generation != journal.sent_generation) std::abort();
  return 0;
}
