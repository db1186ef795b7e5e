// Which backend keeps the logins: chosen once, recorded, never changed silently.
#include <mimir/oauth/storage_choice.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>

#include "internal/record_codec.hpp"
#include "internal/record_name.hpp"
#include "internal/refresh_journal.hpp"
#include "internal/storage_backend.hpp"
#include "internal/storage_errors.hpp"
#include "internal/storage_record.hpp"

namespace mimir::oauth {
namespace internal {

const StorageBackend* StorageBackends::find(const std::string& name) const {
  const auto found = std::ranges::find(all_, name, &StorageBackend::name);
  return found == all_.end() ? nullptr : &*found;
}

const StorageBackends& backends() {
  static const StorageBackends all = [] {
    StorageBackends registry;
    register_all_backends(registry);
    return registry;
  }();
  return all;
}

}  // namespace internal

namespace {

using internal::PrivateFolder;
using internal::StorageBackend;
using internal::StorageRecord;
using internal::UniqueFd;

constexpr std::string_view kAuto = "auto";
constexpr const char* kChoiceLock = "=storage.lock";
constexpr std::chrono::milliseconds kChoiceLockTimeout{90'000};  // a prompt of the keyring may be in between

Error unknown_backend(const std::string& name) {
  std::string known;
  for (const auto& info : storage_backends()) known += (known.empty() ? "" : ", ") + info.name;
  return {.category = Category::Misconfigured,
          .code = "storage.unknown_backend",
          .message = "This program has no storage named \"" + name.substr(0, 64) + "\".",
          .hint = "There are: auto, " + known + "."};
}

Error other_backend(const std::string& recorded, const std::string& wanted) {
  return {.category = Category::Misconfigured,
          .code = "storage.other_backend",
          .message = "Logins are kept in the storage \"" + recorded + "\", not in \"" + wanted + "\".",
          .hint = "Move them: mimir accounts --move-to " + wanted};
}

Result<UniqueFd> lock_choice(const PrivateFolder& folder) {
  auto held = folder.lock(kChoiceLock, kChoiceLockTimeout, {});
  if (!held) return fail(held.error());
  if (!*held) return fail(internal::lock_timeout("this computer"));
  return std::move(**held);
}

/// Logins of a time when nothing was recorded lie in encrypted files.
bool has_unrecorded_files(const PrivateFolder& folder) {
  const auto names = folder.names();
  return names && std::ranges::any_of(*names, [](const auto& name) { return name.ends_with(".login"); });
}

/// Looks at the record before each use: another process may have made the choice or moved the logins meanwhile.
class ChosenStorage final : public TokenStorage {
 public:
  ChosenStorage(StorageOptions options, Random& random) : options_(std::move(options)), random_(random) {}

  Result<> probe() override {
    auto inner = for_writing();
    if (!inner) return fail(std::move(inner.error()));
    return (*inner)->probe();
  }
  Result<std::optional<StoredLogin>> load(const std::string& provider) override {
    auto inner = for_reading();
    if (!inner) return fail(std::move(inner.error()));
    if (*inner == nullptr) return std::optional<StoredLogin>{};
    return (*inner)->load(provider);
  }
  Result<std::uint64_t> store(const std::string& provider, const StoredLogin& login,
                              std::uint64_t expected_generation) override {
    auto inner = for_writing();
    if (!inner) return fail(std::move(inner.error()));
    return (*inner)->store(provider, login, expected_generation);
  }
  Result<> erase(const std::string& provider) override {
    auto inner = for_reading();
    if (!inner) return fail(std::move(inner.error()));
    if (*inner == nullptr) return {};
    return (*inner)->erase(provider);
  }
  Result<std::vector<std::string>> providers() override {
    auto inner = for_reading();
    if (!inner) return fail(std::move(inner.error()));
    if (*inner == nullptr) return std::vector<std::string>{};
    return (*inner)->providers();
  }
  Result<std::unique_ptr<Lock>> lock(const std::string& provider, std::chrono::milliseconds timeout,
                                     std::stop_token stop) override {
    // All backends of a folder share the lock's file, so that it stays the right one while logins are being moved.
    auto inner = for_reading();
    if (!inner) return fail(std::move(inner.error()));
    if (*inner == nullptr) return instance("file").lock(provider, timeout, stop);
    return (*inner)->lock(provider, timeout, stop);
  }
  Result<std::string> read_note(const std::string& provider) override {
    auto inner = for_reading();
    if (!inner) return fail(std::move(inner.error()));
    if (*inner == nullptr) return std::string();
    return (*inner)->read_note(provider);
  }
  Result<> write_note(const std::string& provider, const std::string& text) override {
    auto inner = for_writing();
    if (!inner) return fail(std::move(inner.error()));
    return (*inner)->write_note(provider, text);
  }
  std::string description() const override {
    std::string reason;
    const auto* backend = internal::backends().find(name_now(&reason));
    if (backend == nullptr) return "not chosen yet";
    auto text = const_cast<ChosenStorage*>(this)->instance(backend->name).description();
    if (!reason.empty()) text += " (" + reason + ")";
    return text;
  }

 private:
  std::string name_now(std::string* reason) const {
    if (options_.backend != kAuto) return options_.backend;
    const auto folder = PrivateFolder::open(options_.folder);
    if (!folder || !*folder) return {};
    const auto record = internal::read_storage_record(**folder);
    if (!record) return {};
    if (!*record) return has_unrecorded_files(**folder) ? "file" : "";
    *reason = (*record)->reason;
    return (*record)->backend;
  }

  bool is_unkept() const {
    const auto* backend = internal::backends().find(options_.backend);
    return backend != nullptr && !backend->keeps;
  }

  Result<TokenStorage*> recorded(const StorageRecord& record) {
    if (options_.backend != kAuto && options_.backend != record.backend) {
      return fail(other_backend(record.backend, options_.backend));
    }
    if (internal::backends().find(record.backend) == nullptr) return fail(unknown_backend(record.backend));
    return &instance(record.backend);
  }

  /// nullptr while nothing was ever stored: reading must not wake a keyring.
  Result<TokenStorage*> for_reading() {
    if (is_unkept()) return &instance(options_.backend);
    const auto folder = PrivateFolder::open(options_.folder);
    if (!folder) return fail(folder.error());
    if (!*folder) return nullptr;
    const auto record = internal::read_storage_record(**folder);
    if (!record) return fail(record.error());
    if (*record) return recorded(**record);
    return has_unrecorded_files(**folder) ? recorded({.backend = "file"}) : nullptr;
  }

  Result<TokenStorage*> for_writing() {
    if (is_unkept()) return &instance(options_.backend);
    const auto folder = PrivateFolder::open_or_create(options_.folder);
    if (!folder) return fail(folder.error());
    if (auto record = internal::read_storage_record(*folder); !record) {
      return fail(record.error());
    } else if (*record && (*record)->leftover.empty()) {
      return recorded(**record);
    }
    const auto lock = lock_choice(*folder);
    if (!lock) return fail(lock.error());
    auto record = internal::read_storage_record(*folder);  // somebody may have chosen while we waited
    if (!record) return fail(record.error());
    if (*record) {
      finish_move(*folder, **record);
      return recorded(**record);
    }
    if (has_unrecorded_files(*folder)) return settle(*folder, {.backend = "file"});
    return choose(*folder);
  }

  /// Copies that a move left behind go now, or stay without counting until they can be reached.
  void finish_move(const PrivateFolder& folder, const StorageRecord& record) {
    if (record.leftover.empty() || internal::backends().find(record.leftover) == nullptr) return;
    auto& old = instance(record.leftover);
    const auto names = old.providers();
    if (!names) return;
    for (const auto& name : *names) {
      if (!old.erase(name)) return;
    }
    (void)internal::write_storage_record(folder, {.backend = record.backend, .reason = record.reason}, random_);
  }

  Result<TokenStorage*> settle(const PrivateFolder& folder, const StorageRecord& record) {
    auto inner = recorded(record);
    if (!inner) return inner;
    if (auto written = internal::write_storage_record(folder, record, random_); !written) return fail(written.error());
    return inner;
  }

  Result<TokenStorage*> choose(const PrivateFolder& folder) {
    if (options_.backend != kAuto) {
      if (auto usable = instance(options_.backend).probe(); !usable) return fail(std::move(usable.error()));
      return settle(folder, {.backend = options_.backend});
    }
    std::vector<const StorageBackend*> candidates;
    for (const auto& backend : internal::backends().all()) {
      if (backend.preference > 0) candidates.push_back(&backend);
    }
    std::ranges::sort(candidates, std::greater<>{}, &StorageBackend::preference);
    std::string reason;
    for (const auto* backend : candidates) {
      auto usable = instance(backend->name).probe();
      if (usable) return settle(folder, {.backend = backend->name, .reason = reason});
      // Only what is not there is passed over: a keyring that is locked or refused is the user's choice (CH-KC-13).
      if (usable.error().code != "storage.unavailable" || backend == candidates.back()) return fail(usable.error());
      if (!reason.empty()) reason += "; ";
      reason += backend->title + ": " + usable.error().message;
    }
    return fail(unknown_backend("auto"));
  }

  TokenStorage& instance(const std::string& name) {
    const std::lock_guard guard(mutex_);
    auto& storage = instances_[name];
    if (!storage) storage = internal::backends().find(name)->open(options_, random_);
    return *storage;
  }

  StorageOptions options_;
  Random& random_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<TokenStorage>> instances_;
};

Result<> copy_login(const std::string& name, TokenStorage& from, TokenStorage& to) {
  auto login = from.load(name);
  if (!login) return fail(std::move(login.error()));
  if (!*login) return {};
  // What an interrupted move left there does not count, whatever its generation.
  auto before = to.load(name);
  if (!before && before.error().code != "storage.corrupt") return fail(std::move(before.error()));
  auto stored = to.store(name, **login, before && *before ? (*before)->generation : 0);
  if (!stored) return fail(std::move(stored.error()));
  auto back = to.load(name);
  if (!back) return fail(std::move(back.error()));
  if (*back && internal::is_encodable(**login, internal::encode_record(**back).expose())) return {};
  return fail({.category = Category::LocalEnvironment,
               .code = "storage.unavailable",
               .message = to.description() + " does not keep what is written to it.",
               .hint = "Nothing was moved; the logins are where they were."});
}

/// What is known of a refresh under way stays known: erasing the old copy takes the note along, and the new copy has another
/// generation. A move that is killed in between loses the note alone.
Result<> erase_old_copy(const std::string& name, TokenStorage& from, TokenStorage& to) {
  auto journal = internal::read_journal(from, name);
  if (journal.sent_generation) {
    const auto before = from.load(name);
    const auto now = to.load(name);
    const bool is_about_it = before && *before && (*before)->generation == *journal.sent_generation && now && *now;
    if (is_about_it) journal.sent_generation = (*now)->generation; else journal.sent_generation.reset();
  }
  if (auto erased = from.erase(name); !erased) return erased;
  if (!journal.sent_generation && journal.recent.empty()) return {};
  return internal::write_journal(to, name, journal);
}

}  // namespace

std::vector<StorageBackendInfo> storage_backends() {
  std::vector<StorageBackendInfo> result;
  for (const auto& backend : internal::backends().all()) {
    result.push_back({.name = backend.name, .title = backend.title, .keeps = backend.keeps});
  }
  std::ranges::sort(result, {}, &StorageBackendInfo::name);
  return result;
}

Result<std::unique_ptr<TokenStorage>> open_storage(StorageOptions options, Random& random) {
  if (options.backend != kAuto && internal::backends().find(options.backend) == nullptr) {
    return fail(unknown_backend(options.backend));
  }
  return std::make_unique<ChosenStorage>(std::move(options), random);
}

Result<std::size_t> move_logins(const StorageOptions& options, const std::string& to, Random& random) {
  const auto* target = internal::backends().find(to);
  if (target == nullptr || !target->keeps) return fail(unknown_backend(to));
  const auto folder = PrivateFolder::open_or_create(options.folder);
  if (!folder) return fail(folder.error());
  const auto lock = lock_choice(*folder);
  if (!lock) return fail(lock.error());
  auto record = internal::read_storage_record(*folder);
  if (!record) return fail(record.error());
  const std::string from = *record ? (*record)->backend : "file";
  const auto* source = internal::backends().find(from);
  if (source == nullptr) return fail(unknown_backend(from));
  if (*record && !(*record)->leftover.empty() && (*record)->leftover != to && from != to) {
    return fail({.category = Category::TryLater,
                 .code = "storage.move_unfinished",
                 .message = "An earlier move from \"" + (*record)->leftover + "\" is not finished.",
                 .hint = "Finish it first: mimir accounts --move-to " + from});
  }
  const auto old_place = source->open(options, random);
  const auto new_place = target->open(options, random);
  std::vector<std::unique_ptr<TokenStorage::Lock>> locks;
  std::vector<std::string> names;
  if (from != to) {
    if (auto usable = new_place->probe(); !usable) return fail(std::move(usable.error()));
    auto listed = old_place->providers();
    if (!listed) return fail(std::move(listed.error()));
    names = *std::move(listed);
    for (const auto& name : names) {  // sorted by name in every process: no two can wait for one another
      auto held = old_place->lock(name, internal::kLockTimeout, {});
      if (!held) return fail(std::move(held.error()));
      locks.push_back(std::move(*held));
    }
    // Whatever ends this before the switch, the copies made so far count as left behind. Not before every login is locked:
    // who holds one and wants to write waits for this move.
    const StorageRecord begun{.backend = from, .leftover = to, .reason = *record ? (*record)->reason : ""};
    if (auto written = internal::write_storage_record(*folder, begun, random); !written) return fail(written.error());
    for (const auto& name : names) {
      if (auto copied = copy_login(name, *old_place, *new_place); !copied) return fail(std::move(copied.error()));
    }
    // From here on the new copies count.
    const StorageRecord moved{.backend = to, .leftover = from};
    if (auto written = internal::write_storage_record(*folder, moved, random); !written) return fail(written.error());
  }
  const std::string leftover = from != to ? from : *record ? (*record)->leftover : "";
  if (const auto* rest = internal::backends().find(leftover)) {
    const auto place = rest->open(options, random);
    auto listed = place->providers();
    if (!listed) return fail(std::move(listed.error()));
    for (const auto& name : *listed) {
      if (auto erased = erase_old_copy(name, *place, *new_place); !erased) return fail(std::move(erased.error()));
    }
  }
  if (auto written = internal::write_storage_record(*folder, {.backend = to}, random); !written) {
    return fail(written.error());
  }
  return static_cast<std::size_t>(std::ranges::count_if(names, std::not_fn(internal::is_own_record)));
}

}  // namespace mimir::oauth
