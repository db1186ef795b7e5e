#include "stand_in.hpp"

#include <memory>

namespace {

struct Object {
  int references = 1;
  bool counted = false;
  virtual ~Object() = default;
};

}  // namespace

struct __CFAllocator {};
struct __CFString : Object {
  std::string text;
};
struct __CFData : Object {
  std::string bytes;
};
struct __CFBoolean : Object {
  bool value = false;
};
struct __CFDictionary : Object {
  std::map<std::string, const Object*> values;
};

namespace {

using mimir::oauth::testing::StandIn;

CFStringRef constant(const char* text) {
  auto* const string = new __CFString;  // lives as long as the program, as Apple's do
  string->text = text;
  return string;
}

CFBooleanRef constant(bool value) {
  auto* const boolean = new __CFBoolean;
  boolean->value = value;
  return boolean;
}

template <class T>
T* create() {
  auto* const object = new T;
  object->counted = true;
  ++StandIn::get().live_objects;
  return object;
}

void release(const Object* object) {
  auto* const mutable_object = const_cast<Object*>(object);
  if (!mutable_object->counted || --mutable_object->references > 0) return;
  if (auto* const dictionary = dynamic_cast<__CFDictionary*>(mutable_object)) {
    for (const auto& [key, value] : dictionary->values) release(value);
  }
  --StandIn::get().live_objects;
  delete mutable_object;
}

std::string text_of(const Object* object) {
  if (const auto* string = dynamic_cast<const __CFString*>(object)) return string->text;
  if (const auto* data = dynamic_cast<const __CFData*>(object)) return data->bytes;
  if (const auto* boolean = dynamic_cast<const __CFBoolean*>(object)) return boolean->value ? "true" : "false";
  return "?";
}

StandIn::Attributes attributes_of(CFDictionaryRef dictionary) {
  StandIn::Attributes result;
  for (const auto& [key, value] : dictionary->values) result[key] = text_of(value);
  return result;
}

/// @returns whether the call is to be played; otherwise `status` is its answer.
bool record(const char* function, CFDictionaryRef query, OSStatus& status) {
  auto& keychain = StandIn::get();
  keychain.calls.push_back({function, attributes_of(query)});
  if (keychain.next.empty()) return true;
  status = keychain.next.front();
  keychain.next.pop_front();
  return false;
}

std::pair<std::string, std::string> key_of(StandIn::Attributes attributes) {
  return {attributes["svce"], attributes["acct"]};
}

}  // namespace

namespace mimir::oauth::testing {

StandIn& StandIn::get() {
  static StandIn keychain;
  return keychain;
}

}  // namespace mimir::oauth::testing

const CFAllocatorRef kCFAllocatorDefault = nullptr;
const CFBooleanRef kCFBooleanTrue = constant(true);
const CFBooleanRef kCFBooleanFalse = constant(false);
const CFDictionaryKeyCallBacks kCFTypeDictionaryKeyCallBacks{};
const CFDictionaryValueCallBacks kCFTypeDictionaryValueCallBacks{};
const CFStringRef kSecClass = constant("class");
const CFStringRef kSecClassGenericPassword = constant("genp");
const CFStringRef kSecAttrService = constant("svce");
const CFStringRef kSecAttrAccount = constant("acct");
const CFStringRef kSecAttrLabel = constant("labl");
const CFStringRef kSecAttrSynchronizable = constant("sync");
const CFStringRef kSecAttrAccessible = constant("pdmn");
const CFStringRef kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly = constant("cku");
const CFStringRef kSecValueData = constant("v_Data");
const CFStringRef kSecReturnData = constant("r_Data");
const CFStringRef kSecMatchLimit = constant("m_Limit");
const CFStringRef kSecMatchLimitOne = constant("m_LimitOne");
const CFStringRef kSecUseAuthenticationUI = constant("u_AuthUI");
const CFStringRef kSecUseAuthenticationUIFail = constant("u_AuthUIF");

CFStringRef CFStringCreateWithBytes(CFAllocatorRef, const UInt8* bytes, CFIndex size, std::uint32_t, Boolean) {
  auto* const string = create<__CFString>();
  string->text.assign(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  return string;
}
CFDataRef CFDataCreate(CFAllocatorRef, const UInt8* bytes, CFIndex size) {
  auto* const data = create<__CFData>();
  data->bytes.assign(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  return data;
}
const UInt8* CFDataGetBytePtr(CFDataRef data) { return reinterpret_cast<const UInt8*>(data->bytes.data()); }
CFIndex CFDataGetLength(CFDataRef data) { return static_cast<CFIndex>(data->bytes.size()); }
CFMutableDictionaryRef CFDictionaryCreateMutable(CFAllocatorRef, CFIndex, const CFDictionaryKeyCallBacks*,
                                                 const CFDictionaryValueCallBacks*) {
  return create<__CFDictionary>();
}
void CFDictionarySetValue(CFMutableDictionaryRef dictionary, const void* key, const void* value) {
  const auto* const object = static_cast<const Object*>(value);
  ++const_cast<Object*>(object)->references;
  auto& slot = dictionary->values[text_of(static_cast<const Object*>(key))];
  if (slot != nullptr) release(slot);
  slot = object;
}
void CFRelease(CFTypeRef object) { release(static_cast<const Object*>(object)); }

OSStatus SecItemAdd(CFDictionaryRef attributes, CFTypeRef*) {
  OSStatus status = errSecSuccess;
  if (!record("SecItemAdd", attributes, status)) return status;
  const auto all = attributes_of(attributes);
  return StandIn::get().items.emplace(key_of(all), all).second ? errSecSuccess : errSecDuplicateItem;
}
OSStatus SecItemCopyMatching(CFDictionaryRef query, CFTypeRef* result) {
  OSStatus status = errSecSuccess;
  if (!record("SecItemCopyMatching", query, status)) return status;
  const auto& items = StandIn::get().items;
  const auto found = items.find(key_of(attributes_of(query)));
  if (found == items.end()) return errSecItemNotFound;
  const auto& bytes = found->second.at("v_Data");
  *result = CFDataCreate(nullptr, reinterpret_cast<const UInt8*>(bytes.data()), static_cast<CFIndex>(bytes.size()));
  return errSecSuccess;
}
OSStatus SecItemUpdate(CFDictionaryRef query, CFDictionaryRef changes) {
  OSStatus status = errSecSuccess;
  if (!record("SecItemUpdate", query, status)) return status;
  auto& items = StandIn::get().items;
  const auto found = items.find(key_of(attributes_of(query)));
  if (found == items.end()) return errSecItemNotFound;
  for (const auto& [key, value] : attributes_of(changes)) found->second[key] = value;
  return errSecSuccess;
}
OSStatus SecItemDelete(CFDictionaryRef query) {
  OSStatus status = errSecSuccess;
  if (!record("SecItemDelete", query, status)) return status;
  return StandIn::get().items.erase(key_of(attributes_of(query))) == 1 ? errSecSuccess : errSecItemNotFound;
}
