#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mimir/codec/result.hpp>
#include <mockoauth/document/error.hpp>

namespace mockoauth::server {

using document::DataFileError;

/// A provider as data: knobs with the vocabulary of docs/profiles.md. Immutable; cheap to copy.
class Profile {
 public:
  /// The plain RFC server: every knob at its default.
  static const Profile& plain();
  /// One of the embedded profiles, by id (`plain`, `google`); the error names the nearest ids.
  static mimir::codec::Expected<Profile, DataFileError> find(std::string_view id);
  /// Reads YAML (or JSON) text. @param file for messages.
  static mimir::codec::Expected<Profile, DataFileError> parse(std::string_view text, const std::string& file);
  static mimir::codec::Expected<Profile, DataFileError> load(const std::filesystem::path& file);
  /// Ids of the embedded profiles, sorted.
  static std::vector<std::string> ids();

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] const std::string& title() const { return title_; }
  /// Value of a knob by its dotted name, its default when the profile is silent. Unknown names give null.
  [[nodiscard]] const mimir::codec::Json& knob(std::string_view name) const;
  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] std::int64_t number(std::string_view name) const;
  [[nodiscard]] bool flag(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> list(std::string_view name) const;
  /// Whether a list knob holds this text.
  [[nodiscard]] bool lists(std::string_view name, std::string_view value) const;
  [[nodiscard]] const std::vector<std::string>& unverified() const { return unverified_; }

 private:
  std::string id_;
  std::string title_;
  mimir::codec::Json knobs_;  ///< Flat object: dotted name to value.
  std::vector<std::string> unverified_;
};

}  // namespace mockoauth::server
