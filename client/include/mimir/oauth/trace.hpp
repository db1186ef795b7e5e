#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <mimir/oauth/oauth_manager.hpp>

namespace mimir::oauth {

/// One value of a trace. What it is made of decides how it is written (CH-LG-01): a text without control characters or
/// escapes and cut, a URL as origin and path, a secret as a fingerprint. No format string, no way to write a secret's value.
class TraceField {
 public:
  TraceField(std::string name, std::string_view text);
  TraceField(std::string name, const char* text) : TraceField(std::move(name), std::string_view(text)) {}
  TraceField(std::string name, const std::string& text) : TraceField(std::move(name), std::string_view(text)) {}
  template <std::integral Number>
  TraceField(std::string name, Number number) : name_(std::move(name)), value_(static_cast<std::int64_t>(number)) {}
  TraceField(std::string name, std::chrono::milliseconds time) : TraceField(std::move(name), time.count()) {}
  /// @param secret must live until the line is written.
  TraceField(std::string name, const Secret& secret) : name_(std::move(name)), value_(&secret) {}
  /// Origin and path: query, fragment and user information may hold anything (CH-LG-06).
  static TraceField address(std::string name, const std::string& url);

  using Value = std::variant<std::string, std::int64_t, const Secret*>;
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const Value& value() const { return value_; }

 private:
  std::string name_;
  Value value_;
};

/// Takes lines of a trace. Thread-safe. Never fails visibly: a login must not depend on being watched.
class TraceSink {
 public:
  virtual ~TraceSink() = default;
  virtual void record(std::string_view event, const std::vector<TraceField>& fields) = 0;
};

/// Records every exchange: method, origin and path, status, sizes, time and a few harmless headers (CH-LG-03). Never
/// another header and never a body. Both arguments must outlive it.
std::unique_ptr<HttpTransport> make_traced_transport(HttpTransport& next, TraceSink& trace);

/// Records what is loaded, stored and erased, tokens by their fingerprints: whether two programs mean the same token can
/// be seen. Both arguments must outlive it.
std::unique_ptr<TokenStorage> make_traced_storage(TokenStorage& next, TraceSink& trace);

/// Records events, then hands them on. `trace` must outlive it.
[[nodiscard]] EventSink traced_events(TraceSink& trace, EventSink next);

/// Records an error as it may be shown.
void trace_error(TraceSink& trace, const Error& error);

struct TraceFileOptions {
  std::filesystem::path folder;            ///< Absolute; made with mode 0700 if it is not there.
  std::string home = {};                   ///< Written as `~` wherever it occurs; may be empty.
  std::size_t max_bytes = 1024 * 1024;     ///< A full file becomes `trace.1.jsonl`, instead of the one before it.
};

/// A trace as JSON, a line an event, appended to `trace.jsonl` in a folder that is the user's alone: mode 0600, never
/// through a link (CH-LG-11). Fit to be shown to others: see for_others(). Fingerprints are keyed by `trace.key` there, so
/// that they cannot be compared with those of another installation or looked up (CH-LG-07).
/// Errors: `storage.insecure`, `storage.unavailable`, `random.unavailable` (LocalEnvironment).
Result<std::unique_ptr<TraceSink>> open_trace_file(TraceFileOptions options, const Clock& clock, Random& random);
[[nodiscard]] std::filesystem::path trace_file(const TraceFileOptions& options);

/// A text without what tells who the user is: the home folder as `~`, of an e-mail address its first letter and its domain
/// (CH-LG-09).
[[nodiscard]] std::string for_others(std::string text, const std::string& home);

}  // namespace mimir::oauth
