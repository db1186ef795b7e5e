// The keychain of macOS, through Keychain Services' C interface. Has not run on a Mac: it is compiled and its calls are
// checked against a stand-in (tests/keychain).
#include <internal/storage_backend.hpp>

#if defined(__APPLE__) || defined(MIMIR_KEYCHAIN_STAND_IN)

#include <Security/Security.h>

#include <mimir/codec/digest.hpp>

#include <internal/vault.hpp>

namespace mimir::oauth::internal {
namespace {

Error local(std::string code, std::string message, std::string hint) {
  return {.category = Category::LocalEnvironment,
          .code = "storage." + std::move(code),
          .message = std::move(message),
          .hint = std::move(hint)};
}

/// What a status means for a person (CH-KC-04). "Not found" is no error and does not get here.
Error explain(OSStatus status) {
  switch (status) {
    case errSecInteractionNotAllowed:
      return local("locked", "The keychain is locked, or may not ask here.",
                   "Unlock it first: security unlock-keychain");
    case errSecAuthFailed:
    case errSecUserCanceled:
      return local("denied", "Access to the keychain was refused.", "Run the command again and allow it; nothing was changed.");
    case errSecDecode:
      return local("corrupt", "The keychain's item cannot be read.", "Log in again; it is replaced then.");
    default:
      return local("unavailable", "The keychain does not work here (status " + std::to_string(status) + ").",
                   "Keep logins in an encrypted file with --storage file.");
  }
}

template <class Ref>
class Owned {
 public:
  explicit Owned(Ref ref = nullptr) : ref_(ref) {}
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() {
    if (ref_ != nullptr) CFRelease(ref_);
  }
  [[nodiscard]] Ref get() const { return ref_; }

 private:
  Ref ref_;
};

Owned<CFStringRef> text(const std::string& value) {
  return Owned<CFStringRef>(CFStringCreateWithBytes(kCFAllocatorDefault, reinterpret_cast<const UInt8*>(value.data()),
                                                    static_cast<CFIndex>(value.size()), kCFStringEncodingUTF8, 0));
}

class KeychainVault final : public Vault {
 public:
  explicit KeychainVault(const StorageOptions& options)
      : service_(options.channel == "release" ? "org.mimir.login" : "org.mimir.login." + options.channel),
        may_prompt_(options.may_prompt) {}

  Result<> probe() override {
    const auto there = read("=probe");
    if (!there) return fail(there.error());
    return {};
  }

  Result<std::optional<Secret>> read(const std::string& name) override {
    const Query query(*this, name);
    CFDictionarySetValue(query.get(), kSecReturnData, kCFBooleanTrue);
    CFDictionarySetValue(query.get(), kSecMatchLimit, kSecMatchLimitOne);
    CFTypeRef result = nullptr;
    const auto status = SecItemCopyMatching(query.get(), &result);
    const Owned<CFTypeRef> owned(result);
    if (status == errSecItemNotFound) return std::optional<Secret>{};
    if (status != errSecSuccess) return fail(explain(status));
    const auto data = static_cast<CFDataRef>(result);
    return std::optional(Secret(std::string_view(reinterpret_cast<const char*>(CFDataGetBytePtr(data)),
                                                 static_cast<std::size_t>(CFDataGetLength(data)))));
  }

  /// In place where there is one: a new item would ask the user for permission again (CH-KC-05).
  Result<> write(const std::string& name, const Secret& record) override {
    const Query query(*this, name);
    const auto bytes = record.expose();
    const Owned<CFDataRef> data(CFDataCreate(kCFAllocatorDefault, reinterpret_cast<const UInt8*>(bytes.data()),
                                             static_cast<CFIndex>(bytes.size())));
    const Owned<CFMutableDictionaryRef> change(dictionary());
    CFDictionarySetValue(change.get(), kSecValueData, data.get());
    auto status = SecItemUpdate(query.get(), change.get());
    if (status == errSecItemNotFound) {
      const auto label = text("Login of the mimir command");
      CFDictionarySetValue(query.get(), kSecValueData, data.get());
      CFDictionarySetValue(query.get(), kSecAttrLabel, label.get());
      // Neither to other devices nor into their backups.
      CFDictionarySetValue(query.get(), kSecAttrAccessible, kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly);
      status = SecItemAdd(query.get(), nullptr);
      if (status == errSecDuplicateItem) status = SecItemUpdate(query.get(), change.get());  // somebody was quicker
    }
    if (status != errSecSuccess) return fail(explain(status));
    return {};
  }

  Result<> remove(const std::string& name) override {
    const Query query(*this, name);
    const auto status = SecItemDelete(query.get());
    if (status != errSecSuccess && status != errSecItemNotFound) return fail(explain(status));
    return {};
  }

  std::string description() const override { return "keychain"; }

 private:
  static CFMutableDictionaryRef dictionary() {
    return CFDictionaryCreateMutable(kCFAllocatorDefault, 0, &kCFTypeDictionaryKeyCallBacks,
                                     &kCFTypeDictionaryValueCallBacks);
  }

  /// What names one item. Attributes are readable without asking: a hash and no address (CH-KC-11).
  class Query {
   public:
    Query(const KeychainVault& vault, const std::string& name) : query_(dictionary()) {
      const auto service = text(vault.service_);
      const auto account = text(codec::hex_encode(codec::sha256(name)));
      CFDictionarySetValue(query_.get(), kSecClass, kSecClassGenericPassword);
      CFDictionarySetValue(query_.get(), kSecAttrService, service.get());
      CFDictionarySetValue(query_.get(), kSecAttrAccount, account.get());
      CFDictionarySetValue(query_.get(), kSecAttrSynchronizable, kCFBooleanFalse);
      if (!vault.may_prompt_) CFDictionarySetValue(query_.get(), kSecUseAuthenticationUI, kSecUseAuthenticationUIFail);
    }
    [[nodiscard]] CFMutableDictionaryRef get() const { return query_.get(); }

   private:
    Owned<CFMutableDictionaryRef> query_;
  };

  std::string service_;
  bool may_prompt_;
};

}  // namespace

void register_keychain(StorageBackends& backends) {
  backends.add({.name = "keychain",
                .title = "keychain",
                .preference = 100,
                .open = [](const StorageOptions& options, Random& random) {
                  return make_vault_storage(std::make_unique<KeychainVault>(options), options.folder, random);
                }});
}

}  // namespace mimir::oauth::internal

#else

namespace mimir::oauth::internal {

void register_keychain(StorageBackends&) {}  // not on this system

}  // namespace mimir::oauth::internal

#endif
