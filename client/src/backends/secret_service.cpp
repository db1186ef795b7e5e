// The desktop's keyring over D-Bus: https://specifications.freedesktop.org/secret-service/
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>

#include <mimir/codec/digest.hpp>

#include <internal/libsecret.hpp>
#include <internal/storage_backend.hpp>
#include <internal/vault.hpp>

namespace mimir::oauth::internal {
namespace {

// Attributes lie in clear in the keyring and anybody may search them: no issuer, no address, no name (CH-KC-11).
const SecretSchema kSchema = {"org.mimir.Login",
                              SECRET_SCHEMA_NONE,
                              {{"product", SECRET_SCHEMA_ATTRIBUTE_STRING},
                               {"account", SECRET_SCHEMA_ATTRIBUTE_STRING},
                               {"format", SECRET_SCHEMA_ATTRIBUTE_STRING},
                               {nullptr, SECRET_SCHEMA_ATTRIBUTE_STRING}},
                              0, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr};

Error local(std::string code, std::string message, std::string hint) {
  return {.category = Category::LocalEnvironment,
          .code = "storage." + std::move(code),
          .message = std::move(message),
          .hint = std::move(hint)};
}
Error absent(const std::string& why) {
  return local("unavailable", "There is no keyring (Secret Service) here: " + why + ".",
               "Start one, or keep logins in an encrypted file with --storage file.");
}
Error locked() {
  return local("locked", "The keyring is locked.", "Unlock it (log in to the desktop, or run the command in a terminal).");
}
Error denied() {
  return local("denied", "The keyring was not unlocked: the question was dismissed.",
               "Run the command again and unlock the keyring; nothing was changed.");
}
Error timeout() {
  return local("timeout", "The keyring did not answer in time.",
               "Look for its window asking for a password, or restart the keyring; nothing was changed.");
}

/// Cancels what runs under it at the deadline. D-Bus calls themselves wait for ever (CH-KC-03).
class Alarm {
 public:
  Alarm(const Libsecret& lib, std::chrono::milliseconds timeout) : lib_(lib), cancellable_(lib.cancellable_new()) {
    thread_ = std::thread([this, timeout] {
      std::unique_lock lock(mutex_);
      if (!over_.wait_for(lock, timeout, [this] { return done_; })) lib_.cancellable_cancel(cancellable_);
    });
  }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm() {
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    over_.notify_all();
    thread_.join();
    lib_.object_unref(cancellable_);
  }
  [[nodiscard]] GCancellable* get() const { return cancellable_; }
  [[nodiscard]] bool rang() const { return lib_.cancellable_is_cancelled(cancellable_) != 0; }

 private:
  const Libsecret& lib_;
  GCancellable* cancellable_;
  std::mutex mutex_;
  std::condition_variable over_;
  bool done_ = false;
  std::thread thread_;
};

template <class T>
using Object = std::unique_ptr<T, std::function<void(T*)>>;

class SecretServiceVault final : public Vault {
 public:
  explicit SecretServiceVault(const StorageOptions& options)
      : environment_(options.environment),
        product_(options.channel == "release" ? "mimir" : "mimir-" + options.channel),
        may_prompt_(options.may_prompt),
        timeout_(options.keyring_timeout),
        prompt_timeout_(options.keyring_prompt_timeout) {}

  Result<> probe() override {
    const std::lock_guard guard(mutex_);
    auto service = connect();
    if (!service) return fail(service.error());
    return open_collection(**service);
  }

  Result<std::optional<Secret>> read(const std::string& name) override {
    const std::lock_guard guard(mutex_);
    auto service = connect();
    if (!service) return fail(service.error());
    auto item = find(**service, name);
    if (!item) return fail(item.error());
    if (!*item) return std::optional<Secret>{};
    if (lib_->item_get_locked(item->get()) != 0) {
      if (auto opened = unlock(**service, item->get()); !opened) return fail(opened.error());
    }
    const Alarm alarm(*lib_, timeout_);
    GError* error = nullptr;
    if (lib_->item_load_secret_sync(item->get(), alarm.get(), &error) == 0) return fail(explain(error, alarm));
    const std::unique_ptr<SecretValue, void (*)(gpointer)> value(lib_->item_get_secret(item->get()), lib_->value_unref);
    if (!value) return fail(locked());
    gsize size = 0;
    const gchar* const bytes = lib_->value_get(value.get(), &size);
    return std::optional(Secret(std::string_view(bytes, size)));
  }

  Result<> write(const std::string& name, const Secret& record) override {
    const std::lock_guard guard(mutex_);
    auto service = connect();
    if (!service) return fail(service.error());
    if (auto opened = open_collection(**service); !opened) return opened;
    if (auto one = find(**service, name); !one) return fail(one.error());  // two would make every later read ambiguous
    const auto text = record.expose();
    const std::unique_ptr<SecretValue, void (*)(gpointer)> value(
        lib_->value_new(text.data(), static_cast<gssize>(text.size()), "application/json"), lib_->value_unref);
    const Attributes attributes(*this, name);
    const Alarm alarm(*lib_, timeout_);
    GError* error = nullptr;
    // Replaces the item of the same attributes.
    if (lib_->service_store_sync(service->get(), &kSchema, attributes.get(), SECRET_COLLECTION_DEFAULT,
                                 "Login of the mimir command", value.get(), alarm.get(), &error) == 0) {
      return fail(explain(error, alarm));
    }
    return {};
  }

  Result<> remove(const std::string& name) override {
    const std::lock_guard guard(mutex_);
    auto service = connect();
    if (!service) return fail(service.error());
    auto item = find(**service, name);
    if (!item) return fail(item.error());
    if (!*item) return {};
    if (lib_->item_get_locked(item->get()) != 0) {
      if (auto opened = unlock(**service, item->get()); !opened) return fail(opened.error());
    }
    const Alarm alarm(*lib_, timeout_);
    GError* error = nullptr;
    if (lib_->item_delete_sync(item->get(), alarm.get(), &error) == 0) return fail(explain(error, alarm));
    return {};
  }

  std::string description() const override { return "keyring (Secret Service)"; }

 private:
  using Service = Object<SecretService>;
  using Item = Object<SecretItem>;

  class Attributes {
   public:
    Attributes(const SecretServiceVault& vault, const std::string& name)
        : lib_(*vault.lib_), product_(vault.product_), account_(codec::hex_encode(codec::sha256(name))) {
      table_ = lib_.hash_table_new(lib_.str_hash, lib_.str_equal);
      set("product", product_);
      set("account", account_);
      set("format", format_);
    }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    ~Attributes() { lib_.hash_table_unref(table_); }
    [[nodiscard]] GHashTable* get() const { return table_; }

   private:
    void set(const char* key, std::string& value) { lib_.hash_table_insert(table_, const_cast<char*>(key), value.data()); }

    const Libsecret& lib_;
    std::string product_;
    std::string account_;
    std::string format_ = "1";
    GHashTable* table_;
  };

  template <class T>
  Object<T> own(T* object) const {
    return Object<T>(object, [lib = lib_](T* p) { lib->object_unref(p); });
  }

  /// Takes the error over. Its text may come from any program on the bus and is not passed on.
  Error explain(GError* error, const Alarm& alarm) const {
    const bool is_secret = error != nullptr && error->domain == lib_->error_get_quark();
    const int code = error != nullptr ? error->code : -1;
    if (error != nullptr) lib_->error_free(error);
    if (alarm.rang()) return timeout();
    if (is_secret && code == SECRET_ERROR_IS_LOCKED) return locked();
    return absent("it does not answer as one; a container may lack IPC_LOCK, or it was stopped");
  }

  /// Nothing is started for this: without a bus there is no keyring (CH-KC-01).
  bool has_bus() const {
    if (!environment_("DBUS_SESSION_BUS_ADDRESS").value_or("").empty()) return true;
    const auto runtime = environment_("XDG_RUNTIME_DIR").value_or("");
    std::error_code ignored;
    return !runtime.empty() && std::filesystem::exists(std::filesystem::path(runtime) / "bus", ignored);
  }

  Result<Service> connect() {
    if (!has_bus()) return fail(absent("there is no session bus"));
    if (lib_ == nullptr) lib_ = Libsecret::load();
    if (lib_ == nullptr) return fail(absent("libsecret is not installed"));
    const Alarm alarm(*lib_, timeout_);
    GError* error = nullptr;
    auto bus = own(lib_->bus_get_sync(G_BUS_TYPE_SESSION, alarm.get(), &error));
    if (!bus) {
      const auto why = explain(error, alarm);
      return fail(why.code == "storage.timeout" ? why : absent("the session bus cannot be reached"));
    }
    if (lib_->connection_is_closed(bus.get()) != 0) return fail(absent("the session bus has ended"));
    lib_->connection_set_exit_on_close(bus.get(), 0);  // the end of the bus must not be the end of this process
    // With a session, so that secrets cross the bus encrypted (CH-KC-15).
    auto service = own(lib_->service_open_sync(lib_->service_get_type(), nullptr, SECRET_SERVICE_OPEN_SESSION,
                                               alarm.get(), &error));
    if (!service) {
      const auto why = explain(error, alarm);
      return fail(why.code == "storage.timeout" ? why : absent("no program on the session bus offers one; in a container it may lack IPC_LOCK"));
    }
    return service;
  }

  Result<> open_collection(SecretService& service) {
    const Alarm alarm(*lib_, timeout_);
    GError* error = nullptr;
    auto collection = own(lib_->collection_for_alias_sync(&service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE,
                                                          alarm.get(), &error));
    if (error != nullptr) return fail(explain(error, alarm));
    if (!collection) return fail(absent("it has no default keyring"));
    if (lib_->collection_get_locked(collection.get()) == 0) return {};
    return unlock(service, collection.get());
  }

  /// A plain lookup takes "locked" for "nothing there": so without unlocking, and by its own flag (CH-KC-02).
  Result<Item> find(SecretService& service, const std::string& name) {
    const Attributes attributes(*this, name);
    const Alarm alarm(*lib_, timeout_);
    GError* error = nullptr;
    GList* const found =
        lib_->service_search_sync(&service, &kSchema, attributes.get(), SECRET_SEARCH_ALL, alarm.get(), &error);
    if (error != nullptr) {
      lib_->list_free_full(found, lib_->object_unref);
      return fail(explain(error, alarm));
    }
    Item item = own(found == nullptr ? nullptr : static_cast<SecretItem*>(found->data));
    std::size_t count = 0;
    for (const GList* at = found; at != nullptr; at = at->next, ++count) {
      if (count > 0) lib_->object_unref(at->data);
    }
    lib_->list_free(found);
    if (count > 1) {
      return fail(local("ambiguous", "The keyring has " + std::to_string(count) + " items for one login.",
                        "Delete all but one of the items named \"Login of the mimir command\", or log in again."));
    }
    return item;
  }

  Result<> unlock(SecretService& service, gpointer object) {
    if (!may_prompt_) return fail(locked());
    const Alarm alarm(*lib_, prompt_timeout_);
    GError* error = nullptr;
    GList* const objects = lib_->list_append(nullptr, object);
    GList* unlocked = nullptr;
    const int count = lib_->service_unlock_sync(&service, objects, alarm.get(), &unlocked, &error);
    lib_->list_free(objects);
    lib_->list_free_full(unlocked, lib_->object_unref);
    if (error != nullptr) return fail(explain(error, alarm));
    if (count < 1) return fail(denied());
    return {};
  }

  EnvironmentLookup environment_;
  std::string product_;
  bool may_prompt_;
  std::chrono::milliseconds timeout_;
  std::chrono::milliseconds prompt_timeout_;
  std::mutex mutex_;
  const Libsecret* lib_ = nullptr;
};

}  // namespace

void register_secret_service(StorageBackends& backends) {
  backends.add({.name = "secret-service",
                .title = "keyring (Secret Service)",
                .preference = 100,
                .open = [](const StorageOptions& options, Random& random) {
                  return make_vault_storage(std::make_unique<SecretServiceVault>(options), options.folder, random);
                }});
}

}  // namespace mimir::oauth::internal
