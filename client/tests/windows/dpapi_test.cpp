// The DPAPI vault as a Windows program, run under Wine by ci/windows. A program of its own, because nothing else of the
// library runs on Windows yet.
#include <cstdio>
#include <fstream>
#include <string>

// clang-format off
#include <windows.h>
#include <aclapi.h>
#include <sddl.h>
// clang-format on

#include <internal/dpapi_vault.hpp>

// What the codec has from OpenSSL, which is not there.
extern "C" void OPENSSL_cleanse(void* memory, std::size_t size) { SecureZeroMemory(memory, size); }
namespace mimir::codec {
bool constant_time_equal(std::string_view a, std::string_view b) noexcept { return a == b; }
}  // namespace mimir::codec

namespace {

using namespace mimir::oauth;
using internal::make_dpapi_vault;
namespace fs = std::filesystem;

int passed = 0;
int failed = 0;

void check(bool holds, const char* what) {
  ++(holds ? passed : failed);
  if (!holds) std::printf("FAILED: %s\n", what);
}

template <class T>
std::string code_of(const Result<T>& result) {
  return result ? "" : result.error().code;
}

fs::path only_file(const fs::path& folder) {
  fs::path found;
  for (const auto& entry : fs::directory_iterator(folder)) found = entry.path();
  return found;
}

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_content(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

void keeps_replaces_and_forgets(const fs::path& folder) {
  const auto vault = make_dpapi_vault({folder, ::Sleep});
  check(vault->probe().has_value(), "probe");
  check(vault->read("google") && !*vault->read("google"), "nothing is there at first");
  check(vault->write("google", Secret("access-1")).has_value(), "write");
  check(vault->write("google", Secret("access-2")).has_value(), "replace");
  const auto back = make_dpapi_vault({folder, ::Sleep})->read("google");
  check(back && *back && (*back)->expose() == "access-2", "read back in another object");
  check(content(only_file(folder)).find("access-2") == std::string::npos, "the file is encrypted");
  check(vault->remove("google").has_value() && vault->remove("google").has_value(), "remove, twice");
  check(vault->read("google") && !*vault->read("google"), "gone");
  check(fs::is_empty(folder), "no temporary stays");
}

void keeps_large_tokens(const fs::path& folder) {  // CH-KC-06: the Credential Manager ends at 2560 bytes
  const auto vault = make_dpapi_vault({folder, ::Sleep});
  for (std::size_t size : {1U, 2560U, 2561U, 65'536U}) {
    const std::string large(size, 'x');
    check(vault->write("large", Secret(large)).has_value(), "write a large one");
    const auto back = vault->read("large");
    check(back && *back && (*back)->expose() == large, "read a large one");
  }
}

void damage_is_an_error(const fs::path& folder) {  // CH-FS-12
  const auto vault = make_dpapi_vault({folder, ::Sleep});
  check(vault->write("google", Secret("access-1")).has_value(), "write");
  const auto file = only_file(folder);
  const auto whole = content(file);
  for (const auto& bytes : {std::string(), std::string("plain text"), whole.substr(0, whole.size() / 2)}) {
    write_content(file, bytes);
    const auto code = code_of(vault->read("google"));
    check(code == "storage.corrupt" || code == "storage.key_lost", "damage");
  }
  write_content(file, std::string(2 * 1024 * 1024, 'x'));
  check(code_of(vault->read("google")) == "storage.corrupt", "huge");
}

void files_cannot_be_exchanged(const fs::path& folder) {  // CH-FS-10
  const auto vault = make_dpapi_vault({folder, ::Sleep});
  check(vault->write("a", Secret("of a")).has_value(), "write");
  const auto file_of_a = only_file(folder);
  const auto bytes = content(file_of_a);
  check(vault->remove("a").has_value() && vault->write("b", Secret("of b")).has_value(), "write the other");
  write_content(only_file(folder), bytes);
  check(!vault->read("b").has_value(), "one login's file does not pass for another's");
}

void a_file_that_is_held_is_tried_again(const fs::path& folder) {  // CH-FS-07
  int pauses = 0;
  HANDLE held = INVALID_HANDLE_VALUE;
  const auto vault = make_dpapi_vault({folder, [&](unsigned long) {
                                         if (++pauses == 3) CloseHandle(held);  // the antivirus is done
                                       }});
  check(vault->write("google", Secret("access-1")).has_value(), "write");
  held = CreateFileW(only_file(folder).c_str(), GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr);
  check(held != INVALID_HANDLE_VALUE, "hold the file");
  check(vault->write("google", Secret("access-2")).has_value(), "replaced once it is let go");
  check(pauses == 3, "after three pauses");

  held = CreateFileW(only_file(folder).c_str(), GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr);
  pauses = 100;
  check(code_of(vault->write("google", Secret("access-3"))) == "storage.unavailable", "held for too long is an error");
  check(pauses == 110, "after ten pauses");
  CloseHandle(held);
  const auto back = vault->read("google");
  check(back && *back && (*back)->expose() == "access-2", "and the old login is whole");
}

/// Who is named in the access list, as `S-1-...` and spaces; "?" when it cannot be read, "*" when there is none.
std::string those_with_access(const fs::path& path) {
  PACL list = nullptr;
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  auto name = path.wstring();
  if (GetNamedSecurityInfoW(name.data(), SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, nullptr, nullptr, &list, nullptr,
                            &descriptor) != ERROR_SUCCESS) {
    return "?";
  }
  std::string all = list == nullptr ? "*" : "";
  for (WORD i = 0; list != nullptr && i < list->AceCount; ++i) {
    void* entry = nullptr;
    char* sid = nullptr;
    if (GetAce(list, i, &entry) == 0) continue;
    auto* const allowed = static_cast<ACCESS_ALLOWED_ACE*>(entry);
    if (allowed->Header.AceType != ACCESS_ALLOWED_ACE_TYPE) continue;
    if (ConvertSidToStringSidA(&allowed->SidStart, &sid) == 0) continue;
    all += std::string(sid) + ' ';
    LocalFree(sid);
  }
  LocalFree(descriptor);
  return all;
}

/// @returns whether somebody has access, and neither everyone nor all users of the machine have.
bool is_private(const fs::path& path) {
  const auto all = those_with_access(path);
  if (all.empty() || all == "?" || all == "*") return false;
  for (const auto* sid : {"S-1-1-0 ", "S-1-5-11 ", "S-1-5-32-545 "}) {
    if (all.find(sid) != std::string::npos) return false;
  }
  return true;
}

void other_users_have_no_access(const fs::path& folder) {  // CH-FS-07
  const auto vault = make_dpapi_vault({folder, ::Sleep});
  check(vault->write("google", Secret("access-1")).has_value(), "write");
  check(is_private(folder), "the folder is private");
  check(is_private(only_file(folder)), "so is the file");

  const auto open_folder = folder.wstring() + L"-open";
  fs::create_directory(open_folder);
  check(!is_private(open_folder), "a folder that is not is told apart");
  const auto in_open = make_dpapi_vault({open_folder, ::Sleep});
  check(in_open->write("google", Secret("access-1")).has_value(), "write into a folder of somebody's making");
  check(is_private(only_file(open_folder)), "the file is private there too");
  check(in_open->write("google", Secret("access-2")).has_value(), "replace it");
  check(is_private(only_file(open_folder)), "also once replaced");
}

void names_make_no_trouble(const fs::path& folder) {  // CH-FS-15
  const auto vault = make_dpapi_vault({folder, ::Sleep});
  for (const auto* name : {"CON", "a:b", "..\\x", "Google", "google"}) {
    check(vault->write(name, Secret(name)).has_value(), name);
  }
  for (const auto* name : {"CON", "a:b", "..\\x", "Google", "google"}) {
    const auto back = vault->read(name);
    check(back && *back && (*back)->expose() == name, name);
  }
  check(code_of(vault->write("", Secret("x"))) == "storage.name", "empty name");
  check(code_of(vault->write(std::string(101, 'n'), Secret("x"))) == "storage.name", "long name");
}

}  // namespace

int main() {
  const fs::path root = fs::temp_directory_path() / ("mimir-dpapi-" + std::to_string(GetCurrentProcessId()));
  int number = 0;
  for (const auto test : {keeps_replaces_and_forgets, keeps_large_tokens, damage_is_an_error, files_cannot_be_exchanged,
                          a_file_that_is_held_is_tried_again, other_users_have_no_access,
                          names_make_no_trouble}) {
    test(root / std::to_string(++number));
  }
  std::error_code ignored;
  fs::remove_all(root, ignored);
  std::printf("dpapi: %d passed, %d failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
