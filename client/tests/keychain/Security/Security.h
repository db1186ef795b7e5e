/* A stand-in for the parts of Apple's <Security/Security.h> and CoreFoundation that the keychain's backend uses: the same
 * names, types and values, over a dictionary in memory. What was asked for is recorded. */
#pragma once

#include <cstdint>

using OSStatus = std::int32_t;
using CFIndex = long;
using UInt8 = unsigned char;
using Boolean = unsigned char;
using CFTypeRef = const void*;
using CFAllocatorRef = const struct __CFAllocator*;
using CFStringRef = const struct __CFString*;
using CFDataRef = const struct __CFData*;
using CFBooleanRef = const struct __CFBoolean*;
using CFDictionaryRef = const struct __CFDictionary*;
using CFMutableDictionaryRef = struct __CFDictionary*;
struct CFDictionaryKeyCallBacks {};
struct CFDictionaryValueCallBacks {};

extern const CFAllocatorRef kCFAllocatorDefault;
extern const CFBooleanRef kCFBooleanTrue;
extern const CFBooleanRef kCFBooleanFalse;
extern const CFDictionaryKeyCallBacks kCFTypeDictionaryKeyCallBacks;
extern const CFDictionaryValueCallBacks kCFTypeDictionaryValueCallBacks;
constexpr std::uint32_t kCFStringEncodingUTF8 = 0x08000100;

extern const CFStringRef kSecClass, kSecClassGenericPassword, kSecAttrService, kSecAttrAccount, kSecAttrLabel,
    kSecAttrSynchronizable, kSecAttrAccessible, kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly, kSecValueData,
    kSecReturnData, kSecMatchLimit, kSecMatchLimitOne, kSecUseAuthenticationUI, kSecUseAuthenticationUIFail;

constexpr OSStatus errSecSuccess = 0;
constexpr OSStatus errSecUserCanceled = -128;
constexpr OSStatus errSecAuthFailed = -25293;
constexpr OSStatus errSecDuplicateItem = -25299;
constexpr OSStatus errSecItemNotFound = -25300;
constexpr OSStatus errSecInteractionNotAllowed = -25308;
constexpr OSStatus errSecDecode = -26275;

CFStringRef CFStringCreateWithBytes(CFAllocatorRef, const UInt8* bytes, CFIndex size, std::uint32_t encoding, Boolean bom);
CFDataRef CFDataCreate(CFAllocatorRef, const UInt8* bytes, CFIndex size);
const UInt8* CFDataGetBytePtr(CFDataRef data);
CFIndex CFDataGetLength(CFDataRef data);
CFMutableDictionaryRef CFDictionaryCreateMutable(CFAllocatorRef, CFIndex, const CFDictionaryKeyCallBacks*,
                                                 const CFDictionaryValueCallBacks*);
void CFDictionarySetValue(CFMutableDictionaryRef dictionary, const void* key, const void* value);
void CFRelease(CFTypeRef object);
OSStatus SecItemAdd(CFDictionaryRef attributes, CFTypeRef* result);
OSStatus SecItemCopyMatching(CFDictionaryRef query, CFTypeRef* result);
OSStatus SecItemUpdate(CFDictionaryRef query, CFDictionaryRef changes);
OSStatus SecItemDelete(CFDictionaryRef query);
