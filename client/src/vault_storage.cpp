// Logins in a vault of the operating system. Beside it, in the user's folder, lies what is no secret.
#include <algorithm>
#include <charconv>

#include <mimir/codec/json.hpp>

#include "internal/private_folder.hpp"
#include "internal/record_codec.hpp"
#include "internal/record_name.hpp"
#include "internal/storage_errors.hpp"
#include "internal/vault.hpp"

namespace mimir::oauth::internal {
namespace {

constexpr std::string_view kItemSuffix = ".item";    // JSON: whose item it is, its generation, whether it is there
constexpr std::string_view kLockSuffix = ".lock";    // the same name as the encrypted file's: one lock per login
constexpr std::string_view kNoteSuffix = ".note";
constexpr const char* kWriteLock = "=write.lock";
constexpr const char* kProbe = "=probe";
constexpr std::size_t kProbeBytes = 8192;            // a login with large tokens (CH-ST-07)
constexpr std::chrono::milliseconds kWriteLockTimeout{10'000};

class HeldFile final : public TokenStorage::Lock {
 public:
  explicit HeldFile(UniqueFd fd) : fd_(std::move(fd)) {}

 private:
  UniqueFd fd_;
};

struct Marker {
  std::string provider;
  std::uint64_t generation = 0;
  bool present = false;
};

Error not_kept(const std::string& where) {
  return {.category = Category::LocalEnvironment,
          .code = "storage.unavailable",
          .message = where + " does not keep what is written to it.",
          .hint = "Choose another storage with --storage."};
}

class VaultStorage final : public TokenStorage {
 public:
  VaultStorage(std::unique_ptr<Vault> vault, std::filesystem::path folder, Random& random)
      : vault_(std::move(vault)), path_(std::move(folder)), random_(random) {}

  Result<> probe() override {
    const auto folder = PrivateFolder::open_or_create(path_);
    if (!folder) return fail(folder.error());
    if (auto there = vault_->probe(); !there) return there;
    auto value = codec::random_base64url(random_, kProbeBytes * 3 / 4);
    if (!value) {
      return fail({.category = Category::LocalEnvironment,
                   .code = "random.unavailable",
                   .message = "The system gives no random numbers.",
                   .hint = "Without them nothing can be stored safely."});
    }
    const auto write_lock = lock_for_writing(*folder, "the probe");  // another probe would read ours back
    if (!write_lock) return fail(write_lock.error());
    if (auto written = write_and_verify(kProbe, Secret(*value)); !written) return written;
    return vault_->remove(kProbe);
  }

  Result<std::optional<StoredLogin>> load(const std::string& provider) override { return read_item(provider); }

  Result<std::uint64_t> store(const std::string& provider, const StoredLogin& login,
                              std::uint64_t expected_generation) override {
    const auto folder = PrivateFolder::open_or_create(path_);
    if (!folder) return fail(folder.error());
    const auto write_lock = lock_for_writing(*folder, provider);
    if (!write_lock) return fail(write_lock.error());
    const auto stored = read_item(provider);
    // Damage is the one thing that a new login may overwrite; a locked or absent keyring may hold a good one.
    if (!stored && !(expected_generation == 0 && stored.error().code == "storage.corrupt")) return fail(stored.error());
    const std::uint64_t generation = stored && *stored ? (*stored)->generation : 0;
    if (generation != expected_generation) return fail(conflict(provider));

    StoredLogin next = login.clone();
    next.generation = std::max({generation, read_marker(*folder, provider).generation, login.generation}) + 1;
    const Secret record = encode_record(next);
    if (!is_encodable(next, record.expose())) {
      return fail({.category = Category::ProviderBroken,
                   .code = "storage.unstorable",
                   .message = "The tokens of " + provider + " are no text, and cannot be stored.",
                   .hint = "The login can be used until this program ends."});
    }
    // First the marker: a name without an item is a login that is not there; an item without a name would be lost.
    if (auto marked = mark(*folder, {provider, next.generation, true}); !marked) return fail(marked.error());
    if (auto written = write_and_verify(provider, record); !written) return fail(written.error());
    return next.generation;
  }

  Result<> erase(const std::string& provider) override {
    const auto folder = PrivateFolder::open_or_create(path_);
    if (!folder) return fail(folder.error());
    const auto write_lock = lock_for_writing(*folder, provider);
    if (!write_lock) return fail(write_lock.error());
    const auto stored = read_item(provider);
    auto marker = read_marker(*folder, provider);
    if (stored && *stored) marker.generation = std::max(marker.generation, (*stored)->generation);
    if (auto removed = vault_->remove(provider); !removed) return removed;
    if (auto removed = folder->remove(record_stem(provider) + std::string(kNoteSuffix)); !removed) return removed;
    if (marker.generation == 0) return {};  // nothing was ever here
    // Counted on by the next login: a writer that still remembers the erased one must not match its successor.
    return mark(*folder, {provider, marker.generation, false});
  }

  Result<std::vector<std::string>> providers() override {
    const auto folder = PrivateFolder::open(path_);
    if (!folder) return fail(folder.error());
    std::vector<std::string> result;
    if (!*folder) return result;
    const auto names = (*folder)->names();
    if (!names) return fail(names.error());
    for (const auto& name : *names) {
      if (!name.ends_with(kItemSuffix)) continue;
      const auto marker = parse_marker((*folder)->read(name));
      if (marker.present && record_stem(marker.provider) + std::string(kItemSuffix) == name) result.push_back(marker.provider);
    }
    std::ranges::sort(result);
    return result;
  }

  Result<std::unique_ptr<Lock>> lock(const std::string& provider, std::chrono::milliseconds timeout,
                                     std::stop_token stop) override {
    const auto folder = PrivateFolder::open_or_create(path_);
    if (!folder) return fail(folder.error());
    auto held = folder->lock(record_stem(provider) + std::string(kLockSuffix), timeout, stop);
    if (!held) return fail(held.error());
    if (!*held) return fail(stop.stop_requested() ? lock_cancelled() : lock_timeout(provider));
    return std::unique_ptr<Lock>(std::make_unique<HeldFile>(std::move(**held)));
  }

  Result<std::string> read_note(const std::string& provider) override {
    const auto folder = PrivateFolder::open(path_);
    if (!folder) return fail(folder.error());
    if (!*folder) return std::string();
    const auto note = (*folder)->read(record_stem(provider) + std::string(kNoteSuffix));
    if (!note) return fail(note.error());
    return *note ? std::string((*note)->expose()) : std::string();
  }

  Result<> write_note(const std::string& provider, const std::string& text) override {
    const auto folder = PrivateFolder::open_or_create(path_);
    if (!folder) return fail(folder.error());
    return folder->replace(record_stem(provider) + std::string(kNoteSuffix), text, random_);
  }

  std::string description() const override { return vault_->description(); }

 private:
  static Result<UniqueFd> lock_for_writing(const PrivateFolder& folder, const std::string& provider) {
    auto held = folder.lock(kWriteLock, kWriteLockTimeout, {});
    if (!held) return fail(held.error());
    if (!*held) return fail(lock_timeout(provider));
    return std::move(**held);
  }

  Result<std::optional<StoredLogin>> read_item(const std::string& provider) {
    auto record = vault_->read(provider);
    if (!record) return fail(std::move(record.error()));
    if (!*record) return std::optional<StoredLogin>{};
    if (is_of_newer_version((*record)->expose())) return fail(newer_version(provider));
    auto login = decode_record((*record)->expose());
    if (!login) {
      return fail({.category = Category::LocalEnvironment,
                   .code = "storage.corrupt",
                   .message = "The login of " + provider + " in " + description() + " is damaged; it was left as it is.",
                   .hint = "Log in again; it is replaced then."});
    }
    return login;
  }

  /// Some services take a secret and keep nothing (CH-KC-14).
  Result<> write_and_verify(const std::string& name, const Secret& record) {
    if (auto written = vault_->write(name, record); !written) return written;
    auto back = vault_->read(name);
    if (!back) return fail(std::move(back.error()));
    if (!*back || !(*back)->equals(record)) return fail(not_kept(description()));
    return {};
  }

  static Marker parse_marker(const Result<std::optional<Secret>>& file) {
    Marker marker;
    if (!file || !*file) return marker;
    const auto json = codec::Json::parse((*file)->expose());
    if (!json) return marker;  // what it says can be had from the item, but for an erased generation
    marker.provider = json->string_at("provider").value_or("");
    marker.generation = static_cast<std::uint64_t>(std::max<std::int64_t>(0, json->int_at("generation").value_or(0)));
    marker.present = json->bool_at("present").value_or(false);
    return marker;
  }
  static Marker read_marker(const PrivateFolder& folder, const std::string& provider) {
    return parse_marker(folder.read(record_stem(provider) + std::string(kItemSuffix)));
  }
  Result<> mark(const PrivateFolder& folder, const Marker& marker) {
    auto json = codec::Json::object({{"provider", marker.provider},
                                     {"generation", static_cast<std::int64_t>(marker.generation)},
                                     {"present", marker.present}});
    return folder.replace(record_stem(marker.provider) + std::string(kItemSuffix), json.dump(), random_);
  }

  std::unique_ptr<Vault> vault_;
  std::filesystem::path path_;
  Random& random_;
};

}  // namespace

std::unique_ptr<TokenStorage> make_vault_storage(std::unique_ptr<Vault> vault, std::filesystem::path folder,
                                                 Random& random) {
  return std::make_unique<VaultStorage>(std::move(vault), std::move(folder), random);
}

}  // namespace mimir::oauth::internal
