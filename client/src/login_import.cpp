// Logins that an older program keeps in plain text move into the store.
#include <mimir/oauth/login_import.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string.h>  // explicit_bzero

#include <algorithm>

#include "internal/errno_text.hpp"
#include "internal/login_format.hpp"
#include "internal/record_codec.hpp"
#include "internal/storage_errors.hpp"
#include "internal/unique_fd.hpp"

namespace mimir::oauth {
namespace {

using internal::OldLogin;
using internal::UniqueFd;

constexpr off_t kMaxBytes = 1024 * 1024;

Error unreadable(const std::filesystem::path& file, const std::string& why) {
  return {.category = Category::LocalEnvironment,
          .code = "import.unreadable",
          .message = "Cannot import " + file.string() + ": " + why + ".",
          .hint = "Name a file of your own with logins in it."};
}

Error incomplete(const std::string& name, const std::string& what, const std::string& hint) {
  return {.category = Category::Misconfigured,
          .code = "import.incomplete",
          .message = "The login " + (name.empty() ? "" : "\"" + name + "\" ") + "in the file has no " + what + ".",
          .hint = hint + " Nothing was imported."};
}

/// Opened once: what is checked is what is read and removed, whatever happens to the name meanwhile.
Result<Secret> read_file(const std::filesystem::path& path, ImportReport& report) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd) return fail(unreadable(path, internal::errno_text(errno)));
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return fail(unreadable(path, internal::errno_text(errno)));
  if (!S_ISREG(status.st_mode)) return fail(unreadable(path, "it is not a regular file"));
  if (status.st_uid != ::geteuid()) return fail(unreadable(path, "it belongs to another user"));
  if (status.st_size > kMaxBytes) return fail(unreadable(path, "it is larger than 1 MiB"));
  report.readable_by_others = (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const auto got = ::read(fd.get(), text.data() + filled, text.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(unreadable(path, internal::errno_text(errno)));
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  Secret secret(std::string_view(text).substr(0, filled));
  ::explicit_bzero(text.data(), text.size());
  return secret;
}

Result<std::vector<OldLogin>> read_logins(const LoginImport& import, ImportReport& report) {
  const auto text = read_file(import.file, report);
  if (!text) return fail(text.error());
  auto logins = internal::read_old_logins(text->expose());
  if (!logins) {
    std::string known;
    for (const auto& format : login_formats()) known += (known.empty() ? "" : "; ") + format.title;
    return fail({.category = Category::Misconfigured,
                 .code = "import.unknown_format",
                 .message = "The file " + import.file.string() + " is in no format that can be imported.",
                 .hint = "It has to be JSON: " + known + "."});
  }
  for (auto& [name, login] : *logins) {
    if (name.empty() || (logins->size() == 1 && !import.name.empty())) name = import.name;
    if (name.empty()) return fail(incomplete(name, "name", "Give it one: --name NAME."));
    if (login.config.issuer.empty()) login.config.issuer = import.issuer;
    if (login.config.client_id.empty()) login.config.client_id = import.client_id;
    if (login.config.issuer.empty()) return fail(incomplete(name, "issuer", "Say whose it is: --issuer URL."));
    if (login.config.client_id.empty()) return fail(incomplete(name, "client id", "Say it: --client-id ID."));
    if (login.tokens.access_token.empty() && !login.tokens.refresh_token) {
      return fail(incomplete(name, "token", "There is nothing to import."));
    }
  }
  return std::move(*logins);
}

bool is_same(const StoredLogin& a, const StoredLogin& b) {
  return a.config.issuer == b.config.issuer && a.config.client_id == b.config.client_id &&
         a.tokens.access_token.equals(b.tokens.access_token) &&
         internal::is_same(a.tokens.refresh_token, b.tokens.refresh_token);
}

/// @returns whether the storage has it now; false when another login has its name.
Result<bool> import_one(const OldLogin& old, TokenStorage& storage) {
  const auto lock = storage.lock(old.name, internal::kLockTimeout, {});
  if (!lock) return fail(lock.error());
  const auto before = storage.load(old.name);
  if (!before) return fail(before.error());
  if (*before) return is_same(**before, old.login);
  if (const auto stored = storage.store(old.name, old.login, 0); !stored) return fail(stored.error());
  const auto back = storage.load(old.name);
  if (!back) return fail(back.error());
  if (*back && is_same(**back, old.login)) return true;
  return fail({.category = Category::LocalEnvironment,
               .code = "storage.unavailable",
               .message = storage.description() + " does not keep what is written to it.",
               .hint = "The file that was to be imported is where it was."});
}

}  // namespace

std::vector<LoginFormatInfo> login_formats() {
  internal::LoginFormats formats;
  internal::register_all_login_formats(formats);
  std::vector<LoginFormatInfo> result;
  for (const auto& format : formats.all()) result.push_back({.name = format.name, .title = format.title});
  std::ranges::sort(result, {}, &LoginFormatInfo::name);
  return result;
}

Result<ImportReport> import_logins(const LoginImport& import, TokenStorage& storage, const Clock& clock) {
  ImportReport report;
  auto logins = read_logins(import, report);
  if (!logins) return fail(logins.error());
  if (const auto usable = storage.probe(); !usable) return fail(usable.error());
  for (auto& old : *logins) {
    old.login.tokens.obtained_at = clock.now();
    // A life of unknown length is taken for one that is over: with a refresh token a fresh one can be had.
    if (!old.login.tokens.expires_at && old.login.tokens.refresh_token) old.login.tokens.expires_at = clock.now();
    const auto kept = import_one(old, storage);
    if (!kept) return fail(kept.error());
    (*kept ? report.imported : report.left).push_back(old.name);
  }
  if (import.keep_file || !report.left.empty()) return report;
  if (::unlink(import.file.c_str()) != 0 && errno != ENOENT) {
    return fail(unreadable(import.file, "its logins are imported, but it cannot be removed: " + internal::errno_text(errno)));
  }
  report.file_removed = true;
  return report;
}

}  // namespace mimir::oauth
