#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <mimir/oauth/token_storage.hpp>

namespace mimir::oauth {

/// An older way of writing logins down, in plain text, that import_logins() reads.
struct LoginFormatInfo {
  std::string name;
  std::string title;  ///< For people.
};
/// All formats of this build, sorted by name.
[[nodiscard]] std::vector<LoginFormatInfo> login_formats();

struct LoginImport {
  std::filesystem::path file;
  /// Said of every login of which the file does not say it itself.
  std::string issuer = {};
  std::string client_id = {};
  /// Name for the login of a file that holds a single one without a name.
  std::string name = {};
  /// Two copies of one refresh token ruin each other as soon as one of them is renewed with rotation (RFC 9700 §4.14.2),
  /// and plain text is what the store is there to avoid: the file is removed when all of its logins are kept.
  bool keep_file = false;
};

struct ImportReport {
  std::vector<std::string> imported;  ///< Stored and read back, or found stored by an earlier, interrupted import.
  std::vector<std::string> left;      ///< There is another login of that name, which was not touched.
  bool file_removed = false;
  bool readable_by_others = false;    ///< Other users could read the file: its tokens are better revoked.
};

/// The one place where tokens in plain text are read (CH-FS-12), and only when somebody asks for it.
///
/// Safe to interrupt and to repeat at every step: until a login was stored and read back the file is whole; a login that is
/// stored already is recognised. Nothing that is in the storage is overwritten.
/// Errors: `import.unreadable` (LocalEnvironment: no regular file of this user's, or above 1 MiB), `import.unknown_format`
/// and `import.incomplete` (Misconfigured: what is missing and how to say it), and those of the storage.
Result<ImportReport> import_logins(const LoginImport& import, TokenStorage& storage, const Clock& clock);

}  // namespace mimir::oauth
