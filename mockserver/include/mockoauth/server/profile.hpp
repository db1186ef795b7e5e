#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mimir/codec/result.hpp>
#include <mockoauth/document/error.hpp>

namespace mockoauth::document {
struct Document;
}

namespace mockoauth::server {

using document::DataFileError;

/// A provider as data: knobs with the vocabulary of docs/profiles.md. Immutable; cheap to copy.
class Profile {
 public:
  /// The plain RFC server, strict wherever the RFCs leave a choice (fixtures/providers/plain.yaml).
  static const Profile& plain();
  /// One of the embedded profiles, by id (`plain`, `google`); the error names the nearest ids.
  static mimir::codec::Expected<Profile, DataFileError> find(std::string_view id);
  /// Reads YAML (or JSON) text. @param file for messages.
  static mimir::codec::Expected<Profile, DataFileError> parse(std::string_view text, const std::string& file);
  static mimir::codec::Expected<Profile, DataFileError> load(const std::filesystem::path& file);  ///< parse() of a file.
  /// Ids of the embedded profiles, sorted.
  static std::vector<std::string> ids();

  /// The same provider with one of its named settings (knob `variants`); the error lists the names.
  [[nodiscard]] mimir::codec::Expected<Profile, DataFileError> with_variant(std::string_view name) const;

  /// Whether both are copies of one profile.
  [[nodiscard]] bool is_same(const Profile& other) const { return data_ == other.data_; }
  [[nodiscard]] const std::string& id() const;
  [[nodiscard]] const std::string& title() const;
  /// Value of a knob by its dotted name, its default when the profile is silent. Unknown names give null.
  [[nodiscard]] const mimir::codec::Json& knob(std::string_view name) const;
  /// Empty when it is no text. Good for as long as a profile of this data lives.
  [[nodiscard]] const std::string& text(std::string_view name) const;
  [[nodiscard]] std::int64_t number(std::string_view name) const;  ///< 0 when it is no number.
  [[nodiscard]] bool flag(std::string_view name) const;  ///< Whether it is `true`.
  [[nodiscard]] std::vector<std::string> list(std::string_view name) const;  ///< Its texts; empty when it is no list.
  /// Whether a list knob holds this text.
  [[nodiscard]] bool lists(std::string_view name, std::string_view value) const;
  /// The distinct origins of the provider's real URLs (knobs `discovery.issuer` and `endpoints`), that of the issuer
  /// first. At least one; an empty text stands for an issuer that names no host.
  [[nodiscard]] std::vector<std::string> origins() const;
  /// Names of the knobs that the profile (or its variant) sets, in the order of the vocabulary.
  [[nodiscard]] std::vector<std::string> named() const;
  [[nodiscard]] const std::vector<std::string>& notes() const;    ///< Facts that no knob holds.
  [[nodiscard]] const std::vector<std::string>& sources() const;  ///< Where it is known from.
  /// Knobs (or parts of one: `errors.map.client_unknown`) that no source settles; reports say which they rest on.
  [[nodiscard]] const std::vector<std::string>& unverified() const;

 private:
  struct Data;
  explicit Profile(std::shared_ptr<const Data> data);
  static Profile from_document(const document::Document& document);
  static mimir::codec::Expected<Profile, DataFileError> check(const document::Document& document);

  std::shared_ptr<const Data> data_;
};

}  // namespace mockoauth::server
