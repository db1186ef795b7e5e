#include <mimir/oauth/trace.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mimir/codec/json.hpp>
#include <mimir/oauth/testing/mocks.hpp>
#include <mimir/oauth/testing/scripted_transport.hpp>

#include "temporary_folder.hpp"

namespace mimir::oauth::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::size_t kMaxBytes = 4096;

class TraceFileTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<TraceSink>> open(const std::string& folder = "state") {
    return open_trace_file({.folder = folder_ / folder, .home = "/home/ada", .max_bytes = kMaxBytes}, clock_, random_);
  }
  std::string text(const std::string& name = "state/trace.jsonl") const { return read_file(folder_ / name); }
  std::vector<codec::Json> lines(const std::string& name = "state/trace.jsonl") const {
    std::vector<codec::Json> result;
    std::istringstream stream(text(name));
    for (std::string line; std::getline(stream, line);) {
      const auto json = codec::Json::parse(line);
      EXPECT_TRUE(json) << line;
      if (json) result.push_back(*json);
    }
    return result;
  }
  static mode_t mode_of(const std::filesystem::path& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
  }

  TemporaryFolder folder_;
  codec::ManualClock clock_{TimePoint(std::chrono::sys_days(std::chrono::year(2026) / 11 / 24))};
  SystemRandom random_;
};

TEST_F(TraceFileTest, WritesALineAnEvent) {
  const Secret token("hush");
  (*open())->record("test", {{"text", "a"}, {"number", 7}, {"token", token}, {"took", std::chrono::milliseconds(3)}});

  const auto line = lines().at(0);
  EXPECT_EQ(line.string_at("at"), "2026-11-24T00:00:00Z");
  EXPECT_EQ(line.string_at("event"), "test");
  EXPECT_EQ(line.int_at("pid"), ::getpid());
  EXPECT_EQ(line.string_at("text"), "a");
  EXPECT_EQ(line.int_at("number"), 7);
  EXPECT_EQ(line.int_at("took"), 3);
  EXPECT_THAT(text(), Not(HasSubstr("hush")));
}

TEST_F(TraceFileTest, ASecretIsItsKindAndAFingerprintOfThisInstallation) {  // CH-LG-01, CH-LG-07
  const Secret token("hush");
  const Secret other("other");
  const auto fingerprint = [&](const std::string& folder, const Secret& secret) {
    (*open(folder))->record("test", {{"refresh_token", secret}});
    return *lines(folder + "/trace.jsonl").back().string_at("refresh_token");
  };

  const auto here = fingerprint("state", token);

  EXPECT_THAT(here, ::testing::MatchesRegex("\\[secret [0-9a-f]{12}\\]"));
  EXPECT_EQ(fingerprint("state", token), here) << "the same in the next process";
  EXPECT_NE(fingerprint("state", other), here);
  EXPECT_NE(fingerprint("elsewhere", token), here) << "not to be compared with another installation's";
  EXPECT_EQ(read_file(folder_ / "state/trace.key").size(), 32U);
}

TEST_F(TraceFileTest, NothingForgesALine) {  // CH-LG-10, CVE-2024-50349 class
  const std::string hostile = "x\r\n{\"event\":\"forged\"}\n\x1b[2J\xc2\x9b" "31m\xe2\x80\xae\"\\";
  (*open())->record("test", {{"description", hostile}, {"long", std::string(10'000, 'a')}});
  const Error error{.code = hostile,
                    .message = hostile,
                    .http = HttpContext{.status = 400, .url = "https://as.example/token", .oauth_error = hostile, .description = hostile}};
  trace_error(**open(), error);
  traced_events(**open(), {})({.kind = Event::Kind::Warning, .provider = hostile, .text = hostile});

  EXPECT_EQ(lines().size(), 3U);
  for (const char c : text()) EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << static_cast<int>(c);
  EXPECT_LT(lines().at(0).string_at("long")->size(), 600U);
}

TEST_F(TraceFileTest, IsForTheUserAlone) {  // CH-LG-11, CH-LG-03
  const auto before = ::umask(0);
  (*open())->record("test", {});
  ::umask(before);

  EXPECT_EQ(mode_of(folder_ / "state"), 0700U);
  EXPECT_EQ(mode_of(folder_ / "state/trace.jsonl"), 0600U);
  EXPECT_EQ(mode_of(folder_ / "state/trace.key"), 0600U);
}

TEST_F(TraceFileTest, LinksAndWideModesAreRefused) {  // CH-LG-11
  ASSERT_TRUE(open());
  const auto file = folder_ / "state/trace.jsonl";
  const auto code = [&] {
    const auto opened = open();
    return opened ? std::string() : opened.error().code;
  };
  ::chmod(file.c_str(), 0644);
  EXPECT_EQ(code(), "storage.insecure");
  std::filesystem::remove(file);
  write_file(folder_ / "victim", "precious");
  std::filesystem::create_symlink(folder_ / "victim", file);
  EXPECT_EQ(code(), "storage.insecure");
  std::filesystem::remove(file);
  std::filesystem::create_hard_link(folder_ / "victim", file);
  EXPECT_EQ(code(), "storage.insecure");
  std::filesystem::remove(file);
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  EXPECT_EQ(code(), "storage.insecure");
  std::filesystem::remove(file);
  ::chmod((folder_ / "state").c_str(), 0755);
  EXPECT_EQ(code(), "storage.insecure");
  EXPECT_EQ(read_file(folder_ / "victim"), "precious");
}

TEST_F(TraceFileTest, AFullFileIsPutAside) {  // CH-LG-11
  const auto first = *open();
  const auto second = *open();  // another process
  for (int i = 0; i < 200; ++i) (i % 2 == 0 ? first : second)->record("test", {{"number", i}});

  EXPECT_LE(text().size(), kMaxBytes);
  EXPECT_LE(text("state/trace.1.jsonl").size(), kMaxBytes);
  EXPECT_GT(text("state/trace.1.jsonl").size(), kMaxBytes / 2);
  EXPECT_EQ(lines().back().int_at("number"), 199);
  std::vector<std::int64_t> numbers;
  for (const auto* name : {"state/trace.1.jsonl", "state/trace.jsonl"}) {
    for (const auto& line : lines(name)) numbers.push_back(*line.int_at("number"));
  }
  for (std::size_t i = 1; i < numbers.size(); ++i) EXPECT_EQ(numbers[i], numbers[i - 1] + 1) << "a line is lost";
  EXPECT_EQ(mode_of(folder_ / "state/trace.jsonl"), 0600U);
  int files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_ / "state")) ++files;
  EXPECT_EQ(files, 4);  // two of the trace, its key, its lock
}

TEST_F(TraceFileTest, ALinkPlantedLaterIsNotFollowed) {
  const auto sink = *open();
  write_file(folder_ / "victim", "precious");
  std::filesystem::remove(folder_ / "state/trace.jsonl");
  std::filesystem::create_symlink(folder_ / "victim", folder_ / "state/trace.jsonl");

  for (int i = 0; i < 200; ++i) sink->record("test", {{"number", i}});

  EXPECT_EQ(read_file(folder_ / "victim"), "precious");
}

TEST_F(TraceFileTest, SaysNotWhoTheUserIs) {  // CH-LG-09
  (*open())->record("test", {{"text", "kept in /home/ada/.local/share by ada.l@as.example"}});

  EXPECT_EQ(lines().at(0).string_at("text"), "kept in ~/.local/share by a...@as.example");
}

TEST(ForOthers, ShortensAddressesAndTheHomeFolder) {  // CH-LG-09
  EXPECT_EQ(for_others("/home/ada/x /home/ada", "/home/ada"), "~/x ~");
  EXPECT_EQ(for_others("/home/ada/x", ""), "/home/ada/x");
  EXPECT_EQ(for_others("/x", "/"), "/x");
  EXPECT_EQ(for_others("ada@as.example, bob.b+c@b.example", ""), "a...@as.example, b...@b.example");
  EXPECT_EQ(for_others("a@b", ""), "a...@b");
  EXPECT_EQ(for_others("@home, at @, x@ y", ""), "@home, at @, x@ y");
}

/// Keeps lines as text, secrets by their size, so that they are not to be found.
class ListedTrace final : public TraceSink {
 public:
  void record(std::string_view event, const std::vector<TraceField>& fields) override {
    std::string line(event);
    for (const auto& field : fields) {
      line += ' ' + field.name() + '=';
      if (const auto* text = std::get_if<std::string>(&field.value())) line += *text;
      if (const auto* number = std::get_if<std::int64_t>(&field.value())) line += std::to_string(*number);
      if (const auto* secret = std::get_if<const Secret*>(&field.value())) line += "secret:" + std::to_string((*secret)->size());
    }
    lines.push_back(line);
  }
  std::vector<std::string> lines;
};

TEST(TracedTransport, TellsHowAnExchangeWentAndNothingOfIt) {  // CH-LG-03, CH-LG-06
  ScriptedTransport http;
  ListedTrace trace;
  const auto traced = make_traced_transport(http, trace);
  http.expect("POST", "https://as.example/token?session=CANARY#CANARY", [](const RecordedRequest&) {
    return answer(400, "CANARY body", "application/json",
                  {{"Set-Cookie", "CANARY"}, {"retry-after", "7"}, {"Location", "https://x/?code=CANARY"}, {"DPoP-Nonce", "CANARY"},
                   {"WWW-Authenticate", "Bearer realm=CANARY"}, {"X-Unknown", "CANARY"}, {"Server", "nginx"}});
  });

  const auto outcome = traced->send({.method = "POST",
                                     .url = "https://as.example/token?session=CANARY#CANARY",
                                     .headers = {{"Authorization", "Basic CANARY"}, {"Proxy-Authorization", "Basic CANARY"},
                                                 {"Cookie", "CANARY"}, {"DPoP", "CANARY"}, {"Accept", "application/json"}},
                                     .body = Secret("code=CANARY")},
                                    {});

  EXPECT_EQ(outcome.response->body.expose(), "CANARY body");
  ASSERT_EQ(trace.lines.size(), 2U);
  EXPECT_EQ(trace.lines[0], "http.request method=POST url=https://as.example/token body_bytes=11 header.accept=application/json");
  EXPECT_THAT(trace.lines[1], AllOf(StartsWith("http.response url=https://as.example/token milliseconds="),
                                    HasSubstr(" status=400 body_bytes=11 header.content-type=application/json header.retry-after=7 "
                                              "header.server=nginx")));
  EXPECT_THAT(trace.lines[1], Not(HasSubstr("CANARY")));
}

TEST(TracedTransport, TellsWhyThereIsNoAnswer) {
  ScriptedTransport http;
  ListedTrace trace;
  http.expect("GET", "https://as.example/", [](const RecordedRequest&) { return broken(Sent::Maybe); });

  const auto outcome = make_traced_transport(http, trace)->send({.url = "https://as.example/"}, {});

  EXPECT_FALSE(outcome.response);
  EXPECT_EQ(outcome.sent, Sent::Maybe);
  EXPECT_THAT(trace.lines.at(1), AllOf(HasSubstr("failed=http.broken"), HasSubstr("sent=maybe")));
}

TEST(TracedStorage, HandsEverythingOnAndTellsTokensByFingerprint) {  // CH-LG-01
  ListedTrace trace;
  const auto memory = make_memory_storage();
  const auto traced = make_traced_storage(*memory, trace);
  StoredLogin login{.config = {.issuer = "https://as.example", .client_id = "cli"},
                    .tokens = {.access_token = Secret("access"), .token_type = "Bearer", .refresh_token = Secret("refresh")}};

  ASSERT_TRUE(traced->probe());
  ASSERT_TRUE(traced->lock("work", std::chrono::milliseconds(0), {}));
  EXPECT_EQ(*traced->store("work", login, 0), 1U);
  EXPECT_EQ(traced->store("work", login, 7).error().code, "storage.conflict");
  EXPECT_EQ((*traced->load("work"))->tokens.access_token.expose(), "access");
  EXPECT_EQ(*traced->providers(), std::vector<std::string>{"work"});
  EXPECT_EQ(traced->description(), memory->description());
  ASSERT_TRUE(traced->write_note("work", "note"));
  EXPECT_EQ(*traced->read_note("work"), *memory->read_note("work"));
  ASSERT_TRUE(traced->erase("work"));
  EXPECT_FALSE(*memory->load("work"));

  EXPECT_THAT(trace.lines,
              ::testing::ElementsAre(
                  "storage.probe", "storage.lock provider=work",
                  "storage.store provider=work replaces_generation=0 access_token=secret:6 refresh_token=secret:7",
                  "storage.store provider=work replaces_generation=7 access_token=secret:6 refresh_token=secret:7 failed=storage.conflict",
                  "storage.load provider=work access_token=secret:6 refresh_token=secret:7 generation=1",
                  "storage.erase provider=work"));
}

TEST(TracedEvents, HandsEventsOnAndKeepsTheCodesOfALogin) {  // CH-LG-06, CH-LG-02
  ListedTrace trace;
  std::vector<std::string> handed_on;
  const auto sink = traced_events(trace, [&](const Event& event) { handed_on.push_back(event.text); });

  sink({.kind = Event::Kind::AuthorizationUrl, .provider = "work", .text = "https://as.example/authorize?state=CANARY"});
  sink({.kind = Event::Kind::DeviceCode,
        .provider = "work",
        .text = "CANARY",
        .device = DevicePrompt{.user_code = "CANARY",
                               .verification_uri = "https://as.example/device",
                               .verification_uri_complete = "https://as.example/device?user_code=CANARY"}});
  sink({.kind = Event::Kind::Stored, .provider = "work", .text = "memory"});

  EXPECT_THAT(trace.lines,
              ::testing::ElementsAre("event kind=authorization_url provider=work url=https://as.example/authorize",
                                     "event kind=device_code provider=work url=https://as.example/device",
                                     "event kind=stored provider=work text=memory"));
  EXPECT_THAT(handed_on, ::testing::ElementsAre("https://as.example/authorize?state=CANARY", "CANARY", "memory"));
}

}  // namespace
}  // namespace mimir::oauth::testing
