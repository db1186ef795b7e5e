#if defined(_WIN32)

#include <internal/dpapi_vault.hpp>

// clang-format off
#include <windows.h>
#include <wincrypt.h>
#include <sddl.h>
// clang-format on

#include <array>

namespace mimir::oauth::internal {
namespace {

constexpr std::size_t kMaxFileBytes = 1024 * 1024;
constexpr std::size_t kMaxNameBytes = 100;
constexpr int kReplaceTries = 10;
constexpr unsigned long kReplacePause = 20;

Error local(std::string code, std::string message, std::string hint) {
  return {.category = Category::LocalEnvironment,
          .code = "storage." + std::move(code),
          .message = std::move(message),
          .hint = std::move(hint)};
}

Error unavailable(const std::string& what, DWORD error) {
  return local("unavailable", what + " failed (Windows error " + std::to_string(error) + ").",
               error == ERROR_DISK_FULL || error == ERROR_HANDLE_DISK_FULL ? "Free some space; nothing stored is lost."
                                                                           : "Check the folder and its permissions.");
}

/// For this user and the system alone, and nothing is inherited from above (CH-FS-07).
class PrivateAccess {
 public:
  PrivateAccess() {
    HANDLE token = nullptr;
    if (OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token) == 0) return;
    alignas(TOKEN_USER) std::array<std::byte, sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE> user;
    DWORD size = user.size();
    wchar_t* sid = nullptr;
    if (GetTokenInformation(token, TokenUser, user.data(), size, &size) != 0 &&
        ConvertSidToStringSidW(reinterpret_cast<TOKEN_USER*>(user.data())->User.Sid, &sid) != 0) {
      const auto rules = L"D:P(A;OICI;FA;;;" + std::wstring(sid) + L")(A;OICI;FA;;;SY)";
      LocalFree(sid);
      ConvertStringSecurityDescriptorToSecurityDescriptorW(rules.c_str(), SDDL_REVISION_1, &descriptor_, nullptr);
    }
    error_ = GetLastError();
    CloseHandle(token);
    attributes_.lpSecurityDescriptor = descriptor_;
  }
  PrivateAccess(const PrivateAccess&) = delete;
  PrivateAccess& operator=(const PrivateAccess&) = delete;
  ~PrivateAccess() { LocalFree(descriptor_); }

  [[nodiscard]] bool is_known() const { return descriptor_ != nullptr; }
  [[nodiscard]] DWORD error() const { return error_; }
  [[nodiscard]] SECURITY_ATTRIBUTES* get() { return &attributes_; }

 private:
  PSECURITY_DESCRIPTOR descriptor_ = nullptr;
  DWORD error_ = ERROR_SUCCESS;
  SECURITY_ATTRIBUTES attributes_{sizeof(SECURITY_ATTRIBUTES), nullptr, FALSE};
};

class Handle {
 public:
  explicit Handle(HANDLE handle) : handle_(handle) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { close(); }
  [[nodiscard]] bool is_open() const { return handle_ != INVALID_HANDLE_VALUE; }
  [[nodiscard]] HANDLE get() const { return handle_; }
  void close() {
    if (is_open()) CloseHandle(handle_);
    handle_ = INVALID_HANDLE_VALUE;
  }

 private:
  HANDLE handle_;
};

/// What the system allocated; wiped before it is given back.
struct Blob : DATA_BLOB {
  Blob() : DATA_BLOB{0, nullptr} {}
  Blob(const Blob&) = delete;
  Blob& operator=(const Blob&) = delete;
  ~Blob() {
    if (pbData == nullptr) return;
    SecureZeroMemory(pbData, cbData);
    LocalFree(pbData);
  }
};

DATA_BLOB blob_of(std::string_view bytes) {
  return {static_cast<DWORD>(bytes.size()), reinterpret_cast<BYTE*>(const_cast<char*>(bytes.data()))};
}

class DpapiVault final : public Vault {
 public:
  explicit DpapiVault(DpapiOptions options) : options_(std::move(options)) {}

  Result<> probe() override { return make_folder(); }

  Result<std::optional<Secret>> read(const std::string& name) override {
    const auto path = path_of(name);
    if (!path) return fail(path.error());
    const Handle file(CreateFileW(path->c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
                                  FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
    if (!file.is_open()) {
      const auto error = GetLastError();
      if (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND) return std::optional<Secret>{};
      return fail(unavailable("Opening the stored login", error));
    }
    LARGE_INTEGER size{};
    if (GetFileType(file.get()) != FILE_TYPE_DISK || GetFileSizeEx(file.get(), &size) == 0) {
      return fail(unavailable("Looking at the stored login", GetLastError()));
    }
    if (size.QuadPart > static_cast<LONGLONG>(kMaxFileBytes)) return fail(corrupt());
    std::string sealed(static_cast<std::size_t>(size.QuadPart), '\0');
    DWORD got = 0;
    if (ReadFile(file.get(), sealed.data(), static_cast<DWORD>(sealed.size()), &got, nullptr) == 0) {
      return fail(unavailable("Reading the stored login", GetLastError()));
    }
    sealed.resize(got);
    return open(name, sealed);
  }

  Result<> write(const std::string& name, const Secret& record) override {
    const auto path = path_of(name);
    if (!path) return fail(path.error());
    if (auto folder = make_folder(); !folder) return folder;
    auto plain = blob_of(record.expose());
    const auto own = entropy(name);
    auto extra = blob_of(own);
    Blob sealed;
    if (CryptProtectData(&plain, L"Login of the mimir command", &extra, nullptr, nullptr, CRYPTPROTECT_UI_FORBIDDEN,
                         &sealed) == 0) {
      return fail(unavailable("Encrypting the login", GetLastError()));
    }
    return replace(*path, {reinterpret_cast<const char*>(sealed.pbData), sealed.cbData});
  }

  Result<> remove(const std::string& name) override {
    const auto path = path_of(name);
    if (!path) return fail(path.error());
    if (DeleteFileW(path->c_str()) != 0) return {};
    const auto error = GetLastError();
    if (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND) return {};
    return fail(unavailable("Deleting the stored login", error));
  }

  std::string description() const override { return "files for this Windows user (DPAPI)"; }

 private:
  static Error corrupt() {
    return local("corrupt", "The stored login is damaged; it was left as it is.", "Log in again; it is replaced then.");
  }

  /// Not a secret: it keeps the file of one login from being taken for that of another.
  static std::string entropy(const std::string& name) { return "mimir-oauth login v1 " + name; }

  /// Hexadecimal: no reserved name, no clash between upper and lower case (CH-FS-15).
  Result<std::filesystem::path> path_of(const std::string& name) const {
    static constexpr char kHex[] = "0123456789abcdef";
    if (name.empty() || name.size() > kMaxNameBytes) {
      return fail(local("name", "A login cannot be stored under an empty name or one longer than 100 bytes.",
                        "Give it a short name."));
    }
    std::string file = "login-";
    for (const char c : name) {
      file += kHex[static_cast<unsigned char>(c) >> 4];
      file += kHex[static_cast<unsigned char>(c) & 0x0f];
    }
    return options_.folder / (file + ".dpapi");
  }

  Result<> make_folder() const {
    PrivateAccess access;
    if (!access.is_known()) return fail(unavailable("Protecting the folder of logins", access.error()));
    std::error_code ignored;
    std::filesystem::create_directories(options_.folder.parent_path(), ignored);
    const bool made = CreateDirectoryW(options_.folder.c_str(), access.get()) != 0;
    const auto error = made ? ERROR_SUCCESS : GetLastError();
    if (made || error == ERROR_ALREADY_EXISTS) return {};
    return fail(unavailable("Making the folder of logins", error));
  }

  static Result<std::optional<Secret>> open(const std::string& name, std::string_view bytes) {
    auto sealed = blob_of(bytes);
    const auto own = entropy(name);
    auto extra = blob_of(own);
    Blob plain;
    if (CryptUnprotectData(&sealed, nullptr, &extra, nullptr, nullptr, CRYPTPROTECT_UI_FORBIDDEN, &plain) != 0) {
      return std::optional(Secret(std::string_view(reinterpret_cast<const char*>(plain.pbData), plain.cbData)));
    }
    const auto error = GetLastError();
    if (error == ERROR_INVALID_DATA || error == ERROR_INVALID_PARAMETER) return fail(corrupt());
    // After a reset of the password by somebody else, or in another user's or machine's hands (CH-KC-07).
    return fail(local("key_lost", "Windows cannot decrypt the stored login any more (error " + std::to_string(error) + ").",
                      "Log in again; this happens after a password reset or on another computer."));
  }

  /// Never in place: the old file is whole until the new one is. The file is private by itself: the folder may be older.
  Result<> replace(const std::filesystem::path& path, std::string_view bytes) const {
    const auto temporary = path.wstring() + L".tmp-" + std::to_wstring(GetCurrentProcessId()) + L"-" +
                           std::to_wstring(GetTickCount64());
    PrivateAccess access;
    if (!access.is_known()) return fail(unavailable("Protecting the login", access.error()));
    Handle file(CreateFileW(temporary.c_str(), GENERIC_WRITE, 0, access.get(), CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr));
    if (!file.is_open()) return fail(unavailable("Writing the login", GetLastError()));
    DWORD written = 0;
    if (WriteFile(file.get(), bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr) == 0 ||
        written != bytes.size() || FlushFileBuffers(file.get()) == 0) {
      const auto error = GetLastError();
      file.close();
      DeleteFileW(temporary.c_str());
      return fail(unavailable("Writing the login", error));
    }
    file.close();
    DWORD error = ERROR_SUCCESS;
    for (int i = 0; i < kReplaceTries; ++i) {
      if (MoveFileExW(temporary.c_str(), path.c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH) != 0) return {};
      error = GetLastError();
      if (error != ERROR_SHARING_VIOLATION && error != ERROR_ACCESS_DENIED) break;
      options_.sleep(kReplacePause);
    }
    DeleteFileW(temporary.c_str());
    return fail(unavailable("Replacing the stored login", error));
  }

  DpapiOptions options_;
};

}  // namespace

std::unique_ptr<Vault> make_dpapi_vault(DpapiOptions options) { return std::make_unique<DpapiVault>(std::move(options)); }

}  // namespace mimir::oauth::internal

#endif
