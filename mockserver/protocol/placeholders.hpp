#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mimir/codec/clock.hpp>
#include <mimir/codec/json.hpp>
#include <mimir/codec/random.hpp>

namespace mockoauth::server {

/// Values for the `{name}` of a profile's templates. Made for each answer, so it holds on to where values come from and
/// asks only for those that a template names; most name none.
class Placeholders {
 public:
  /// The value of a name, or nothing where the source does not know it.
  using Source = std::function<std::optional<mimir::codec::Json>(std::string_view name)>;

  /// @param random for `{random:n}`; must outlive this. @param now for `{now}`, `{now_s}` and `{now_plus:n}`.
  Placeholders(mimir::codec::Random& random, mimir::codec::TimePoint now) : random_(random), now_(now) {}

  void set(std::string name, mimir::codec::Json value) { values_.insert_or_assign(std::move(name), std::move(value)); }
  /// Asked for what was not set; the source that was added last is asked first.
  void add_source(Source source) { sources_.push_back(std::move(source)); }
  void set_first_consent(bool first) { first_consent_ = first; }

  /// Expands every string in the value; members and items that come to nothing are left out. A string that is one
  /// single placeholder takes the type of its value. Nothing when the whole value comes to nothing.
  [[nodiscard]] std::optional<mimir::codec::Json> expand(const mimir::codec::Json& value) const;
  /// The same for text; an unknown placeholder is left as it is written, since some providers send it that way.
  [[nodiscard]] std::string expand_text(std::string_view text) const;

 private:
  [[nodiscard]] std::optional<mimir::codec::Json> expand_string(const std::string& text) const;
  [[nodiscard]] std::optional<mimir::codec::Json> value_of(std::string_view name) const;

  mimir::codec::Random& random_;
  mimir::codec::TimePoint now_;
  bool first_consent_ = false;
  std::map<std::string, mimir::codec::Json, std::less<>> values_;
  std::vector<Source> sources_;
};

}  // namespace mockoauth::server
