#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/result.hpp>
#include <mockoauth/document/error.hpp>
#include <mockoauth/server/realm.hpp>

namespace mockoauth::server {

/// The configuration file of mock-oauth2-server (its JSON_CONFIG, `OAuth2Config`), so that its users need not write
/// another one: issuers at `/{issuerId}/…`, the claims that requests map to, how long tokens live. What is done otherwise
/// here, or means nothing here, is a note. Immutable.
class JsonConfig {
 public:
  /// @param file for messages. An unknown member, a wrong type or value is refused with its place.
  static mimir::codec::Expected<JsonConfig, document::DataFileError> parse(std::string_view text, const std::string& file);

  /// Issuers with token callbacks, in the order of the file.
  [[nodiscard]] std::vector<std::string> issuers() const;
  /// The realm of any issuer: with its callbacks, or as that server has one that it was told nothing about.
  [[nodiscard]] RealmOptions realm_of(const std::string& issuer_id) const;
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

 private:
  struct Issuer {
    std::string id;
    std::int64_t token_expiry = 3600;
    std::vector<TokenRule> rules = {};
  };
  [[nodiscard]] Profile profile_of(const std::string& issuer_id, std::int64_t token_expiry) const;

  bool rotates_ = false;
  bool asks_people_ = false;
  std::string algorithm_ = "RS256";
  std::optional<TimePoint> system_time_ = {};
  std::vector<Issuer> issuers_ = {};
  std::vector<std::string> notes_ = {};
};

}  // namespace mockoauth::server
