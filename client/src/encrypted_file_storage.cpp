#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <fstream>

#include <mimir/codec/digest.hpp>
#include <mimir/oauth/token_storage.hpp>

#include "internal/private_folder.hpp"
#include "internal/record_codec.hpp"
#include "internal/record_name.hpp"
#include "internal/sealed_record.hpp"
#include "internal/storage_errors.hpp"

namespace mimir::oauth {
namespace {

using internal::PrivateFolder;
using internal::SealingKeys;
using internal::UniqueFd;

constexpr std::string_view kLoginSuffix = ".login";
constexpr std::string_view kLockSuffix = ".lock";
constexpr std::string_view kLastSuffix = ".last";    // The last generation of an erased login.
constexpr std::string_view kNoteSuffix = ".note";    // No secret: what a refresh under way left for the next process.
constexpr std::string_view kDamagedPrefix = "=damaged-";
constexpr const char* kWriteLock = "=write.lock";    // Around every change of the folder, and never for longer.
constexpr const char* kInstallation = "=installation.key";
constexpr const char* kProbe = "=probe";
constexpr std::size_t kInstallationBytes = 32;
constexpr std::size_t kMaxProviderBytes = 4096;
constexpr std::chrono::milliseconds kWriteLockTimeout{10'000};

std::string with(std::string stem, std::string_view suffix) { return stem.append(suffix); }

class FileLock final : public TokenStorage::Lock {
 public:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}

 private:
  UniqueFd fd_;
};

/// The id as machine-id(5) has it; empty when there is none to bind to.
std::string read_machine_id(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::array<char, 256> text{};
  in.read(text.data(), text.size());
  std::string id(text.data(), static_cast<std::size_t>(in.gcount()));
  id.erase(std::min(id.size(), id.find_first_of("\r\n \t")));
  return id == "uninitialized" ? std::string() : id;
}

Error bad_name() {
  return {.category = Category::Misconfigured,
          .code = "storage.name",
          .message = "A login cannot be stored under an empty name or one longer than 4096 bytes.",
          .hint = "Give the provider a short name."};
}

Error key_corrupt() {
  return {.category = Category::LocalEnvironment,
          .code = "storage.corrupt",
          .message = std::string("The key of this installation, ") + kInstallation + ", is damaged.",
          .hint = "Move it away and log in again."};
}

/// Damage that only a new login can mend, and therefore may.
bool is_mended_by_a_new_login(const Error& error) {
  return error.code == "storage.corrupt" || error.code == "storage.wrong_machine" || error.code == "storage.key_lost";
}

class EncryptedFileStorage final : public TokenStorage {
 public:
  EncryptedFileStorage(EncryptedFileOptions options, Random& random) : options_(std::move(options)), random_(random) {}

  Result<> probe() override {
    const auto folder = PrivateFolder::open_or_create(options_.folder);
    if (!folder) return fail(folder.error());
    const auto write_lock = lock_for_writing(*folder, "the probe");
    if (!write_lock) return fail(write_lock.error());
    if (const auto keys = make_keys(*folder); !keys) return fail(keys.error());
    std::array<std::uint8_t, 8192> value{};  // the size of a login with large tokens (CH-ST-07)
    if (!random_.fill(value)) return fail(no_random());
    const std::string_view bytes(reinterpret_cast<const char*>(value.data()), value.size());
    if (const auto written = folder->replace(kProbe, bytes, random_); !written) return written;
    const auto read = folder->read(kProbe);
    if (!read) return fail(read.error());
    if (!*read || (*read)->expose() != bytes) {
      return fail({.category = Category::LocalEnvironment,
                   .code = "storage.unavailable",
                   .message = options_.folder.string() + " does not keep what is written to it.",
                   .hint = "Choose another folder."});
    }
    return folder->remove(kProbe);
  }

  Result<std::optional<StoredLogin>> load(const std::string& provider) override {
    if (!is_good_name(provider)) return fail(bad_name());
    const auto folder = PrivateFolder::open(options_.folder);
    if (!folder) return fail(folder.error());
    if (!*folder) return std::optional<StoredLogin>{};
    return read_login(**folder, provider);
  }

  Result<std::uint64_t> store(const std::string& provider, const StoredLogin& login,
                              std::uint64_t expected_generation) override {
    if (!is_good_name(provider)) return fail(bad_name());
    const auto folder = PrivateFolder::open_or_create(options_.folder);
    if (!folder) return fail(folder.error());
    // Not the lock of lock(): its holder stores while holding it, and flock would not know that it is the same one.
    const auto write_lock = lock_for_writing(*folder, provider);
    if (!write_lock) return fail(write_lock.error());
    // Once: looking through the folder takes longer the more logins there are.
    if (!tidied_.exchange(true)) folder->remove_stale_temporaries();
    const auto keys = make_keys(*folder);
    if (!keys) return fail(keys.error());

    const auto stored = read_login(*folder, provider);
    if (!stored && !(expected_generation == 0 && is_mended_by_a_new_login(stored.error()))) return fail(stored.error());
    const std::uint64_t generation = stored && *stored ? (*stored)->generation : 0;
    if (generation != expected_generation) return fail(internal::conflict(provider));

    StoredLogin next = login.clone();
    next.generation = std::max({generation, last_generation(*folder, provider), login.generation}) + 1;
    const Secret plain_text = internal::encode_record(next);
    // What cannot be read back must not replace what can (CH-KC-14).
    if (!internal::is_encodable(next, plain_text.expose())) return fail(unstorable(provider));
    const auto sealed = internal::seal_record(*keys, provider, plain_text.expose(), random_);
    if (!sealed) return fail(sealed.error());
    if (sealed->size() > PrivateFolder::kMaxFileBytes) return fail(unstorable(provider));

    const std::string name = with(internal::record_stem(provider), kLoginSuffix);
    if (!stored) {
      if (const auto aside = folder->rename(name, std::string(kDamagedPrefix) + name); !aside) return fail(aside.error());
    }
    if (const auto written = folder->replace(name, *sealed, random_); !written) return fail(written.error());
    return next.generation;
  }

  Result<> erase(const std::string& provider) override {
    if (!is_good_name(provider)) return fail(bad_name());
    const auto folder = PrivateFolder::open(options_.folder);
    if (!folder) return fail(folder.error());
    if (!*folder) return {};
    const auto write_lock = lock_for_writing(**folder, provider);
    if (!write_lock) return fail(write_lock.error());
    const std::string stem = internal::record_stem(provider);
    // Counted on by the next login: a writer that still remembers the erased one must not match its successor.
    if (const auto stored = read_login(**folder, provider); stored && *stored) {
      const auto kept = (*folder)->replace(with(stem, kLastSuffix), std::to_string((*stored)->generation), random_);
      if (!kept) return kept;
    }
    if (const auto removed = (*folder)->remove(with(stem, kLoginSuffix)); !removed) return removed;
    if (const auto removed = (*folder)->remove(with(stem, kNoteSuffix)); !removed) return removed;
    return (*folder)->remove(std::string(kDamagedPrefix) + with(stem, kLoginSuffix));
  }

  Result<std::vector<std::string>> providers() override {
    const auto folder = PrivateFolder::open(options_.folder);
    if (!folder) return fail(folder.error());
    if (!*folder) return std::vector<std::string>{};
    const auto names = (*folder)->names();
    if (!names) return fail(names.error());
    std::vector<std::string> result;
    for (const auto& name : *names) {
      if (!name.ends_with(kLoginSuffix) || name.starts_with(kDamagedPrefix)) continue;
      const std::string stem = name.substr(0, name.size() - kLoginSuffix.size());
      auto provider = internal::provider_from_stem(stem);
      if (!provider) {
        // Too long for a file name: the file itself says it, and is believed only when the name leads back to it.
        const auto file = (*folder)->read(name);
        if (file && *file) provider = internal::provider_of((*file)->expose());
        if (!provider || internal::record_stem(*provider) != stem) continue;
      }
      result.push_back(std::move(*provider));
    }
    std::ranges::sort(result);
    return result;
  }

  Result<std::unique_ptr<Lock>> lock(const std::string& provider, std::chrono::milliseconds timeout,
                                     std::stop_token stop) override {
    if (!is_good_name(provider)) return fail(bad_name());
    const auto folder = PrivateFolder::open_or_create(options_.folder);
    if (!folder) return fail(folder.error());
    auto held = folder->lock(with(internal::record_stem(provider), kLockSuffix), timeout, stop);
    if (!held) return fail(held.error());
    if (!*held) return fail(stop.stop_requested() ? internal::lock_cancelled() : internal::lock_timeout(provider));
    return std::unique_ptr<Lock>(std::make_unique<FileLock>(std::move(**held)));
  }

  Result<std::string> read_note(const std::string& provider) override {
    const auto folder = PrivateFolder::open(options_.folder);
    if (!folder) return fail(folder.error());
    if (!*folder) return std::string();
    const auto note = (*folder)->read(with(internal::record_stem(provider), kNoteSuffix));
    if (!note) return fail(note.error());
    return *note ? std::string((*note)->expose()) : std::string();
  }

  Result<> write_note(const std::string& provider, const std::string& text) override {
    const auto folder = PrivateFolder::open_or_create(options_.folder);
    if (!folder) return fail(folder.error());
    return folder->replace(with(internal::record_stem(provider), kNoteSuffix), text, random_);
  }

  std::string description() const override { return "encrypted file " + options_.folder.string(); }

 private:
  static bool is_good_name(const std::string& provider) {
    return !provider.empty() && provider.size() <= kMaxProviderBytes;
  }

  static Error no_random() {
    return {.category = Category::LocalEnvironment,
            .code = "random.unavailable",
            .message = "The system gives no random numbers.",
            .hint = "Without them nothing can be stored safely."};
  }

  static Error unstorable(const std::string& provider) {
    return {.category = Category::ProviderBroken,
            .code = "storage.unstorable",
            .message = "The tokens of " + provider + " are too large or no text, and cannot be stored.",
            .hint = "The login can be used until this program ends."};
  }

  static Result<UniqueFd> lock_for_writing(const PrivateFolder& folder, const std::string& provider) {
    auto held = folder.lock(kWriteLock, kWriteLockTimeout, {});
    if (!held) return fail(held.error());
    if (!*held) return fail(internal::lock_timeout(provider));
    return std::move(**held);
  }

  /// Nothing when there is no installation secret yet.
  Result<std::optional<SealingKeys>> read_keys(const PrivateFolder& folder) const {
    auto secret = folder.read(kInstallation);
    if (!secret) return fail(secret.error());
    if (!*secret) return std::optional<SealingKeys>{};
    if ((*secret)->size() != kInstallationBytes) return fail(key_corrupt());
    return std::optional(SealingKeys{std::move(**secret), read_machine_id(options_.machine_id_file)});
  }

  /// Under the write lock, so that two first logins cannot make two secrets.
  Result<SealingKeys> make_keys(const PrivateFolder& folder) const {
    auto keys = read_keys(folder);
    if (!keys) return fail(keys.error());
    if (*keys) return std::move(**keys);
    std::array<std::uint8_t, kInstallationBytes> bytes{};
    if (!random_.fill(bytes)) return fail(no_random());
    const Secret secret(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    bytes.fill(0);
    if (const auto written = folder.replace(kInstallation, secret.expose(), random_); !written) return fail(written.error());
    return SealingKeys{secret.clone(), read_machine_id(options_.machine_id_file)};
  }

  Result<std::optional<StoredLogin>> read_login(const PrivateFolder& folder, const std::string& provider) const {
    const auto file = folder.read(with(internal::record_stem(provider), kLoginSuffix));
    if (!file) return fail(file.error());
    if (!*file) return std::optional<StoredLogin>{};
    auto keys = read_keys(folder);
    if (!keys) return fail(keys.error());
    // Without a secret nothing can be opened; an empty one gives the error that says so, or a better one.
    const SealingKeys none;
    const auto plain_text = internal::open_record(*keys ? **keys : none, provider, (*file)->expose());
    if (!plain_text) return fail(plain_text.error());
    if (internal::is_of_newer_version(plain_text->expose())) return fail(internal::newer_version(provider));
    auto login = internal::decode_record(plain_text->expose());
    if (!login) return fail(internal::corrupt_record(provider));
    return std::optional(std::move(*login));
  }

  static std::uint64_t last_generation(const PrivateFolder& folder, const std::string& provider) {
    const auto text = folder.read(with(internal::record_stem(provider), kLastSuffix));
    std::uint64_t last = 0;
    if (text && *text) std::from_chars((*text)->expose().data(), (*text)->expose().data() + (*text)->size(), last);
    return last;
  }

  EncryptedFileOptions options_;
  Random& random_;
  std::atomic<bool> tidied_{false};
};

}  // namespace

std::unique_ptr<TokenStorage> make_encrypted_file_storage(EncryptedFileOptions options, Random& random) {
  return std::make_unique<EncryptedFileStorage>(std::move(options), random);
}

}  // namespace mimir::oauth
