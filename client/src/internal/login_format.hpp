#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mimir/oauth/token_storage.hpp>

namespace mimir::oauth::internal {

/// A login as an older file has it: members that it does not have are empty.
struct OldLogin {
  std::string name;
  StoredLogin login;
};

/// One older way of writing logins down: one file in formats/.
struct LoginFormat {
  std::string name;
  std::string title;
  /// Whether a document is of this format: decided by members that no other format has.
  std::function<bool(const codec::Json& document)> is_it;
  /// Nothing when a member has the wrong type.
  std::function<std::optional<std::vector<OldLogin>>(const codec::Json& document)> read;
};

class LoginFormats {
 public:
  void add(LoginFormat format) { all_.push_back(std::move(format)); }
  [[nodiscard]] const std::vector<LoginFormat>& all() const { return all_; }

 private:
  std::vector<LoginFormat> all_;
};

/// Generated from the files in formats/.
void register_all_login_formats(LoginFormats& formats);

/// The logins of a text in whichever format it is. Nothing when it is in none.
std::optional<std::vector<OldLogin>> read_old_logins(std::string_view text);

/// `2026-01-31T12:00:00Z`, with or without a fraction of a second (RFC 3339 §5.6, only UTC).
[[nodiscard]] std::optional<TimePoint> parse_utc(const std::string& text);
/// A text of parse_utc() or a number of milliseconds since 1970. Nothing for anything else.
[[nodiscard]] std::optional<TimePoint> time_of(const codec::Json& value);
/// Of an array of texts, or of one text with spaces between (RFC 6749 §3.3). Nothing for anything else.
[[nodiscard]] std::optional<std::vector<std::string>> scopes_of(const codec::Json& value);

}  // namespace mimir::oauth::internal
