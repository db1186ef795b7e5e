#include "protocol/device_logins.hpp"

#include <algorithm>

namespace mockoauth::server {
namespace {

constexpr std::string_view kLetters = "BCDFGHJKLMNPQRSTVWXZ";

// RFC 8628 §6.1: people type it in small letters, with or without punctuation.
std::string plain_code(std::string_view typed) {
  std::string code;
  for (char c : typed.substr(0, 64)) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (kLetters.find(c) != std::string_view::npos) code += c;
  }
  return code;
}

}  // namespace

mimir::codec::Result<std::string> make_user_code(mimir::codec::Random& random) {
  std::string code;
  while (code.size() < 9) {
    std::uint8_t byte = 0;
    if (auto filled = random.fill({&byte, 1}); !filled) return tl::unexpected(filled.error());
    if (byte >= 240) continue;  // 240 is a multiple of 20: every letter is as likely.
    if (code.size() == 4) code += '-';
    code += kLetters[byte % kLetters.size()];
  }
  return code;
}

void DeviceLogins::add(DeviceLogin login) {
  const std::lock_guard lock(mutex_);
  auto user_code = plain_code(login.user_code);
  auto device_code = login.device_code;
  // Codes of sign-ins that fell out of the table go with them.
  if (by_user_code_.size() > 20'000) {
    std::erase_if(by_user_code_, [&](const auto& entry) { return logins_.find(entry.second) == nullptr; });
  }
  by_user_code_.insert_or_assign(std::move(user_code), device_code);
  logins_.add(std::move(device_code), std::move(login));
}

DeviceLogin* DeviceLogins::live(std::string_view typed, mimir::codec::TimePoint now) {
  const auto found = by_user_code_.find(plain_code(typed));
  if (found == by_user_code_.end()) return nullptr;
  DeviceLogin* login = logins_.find(found->second);
  const bool lives = login != nullptr && login->expires_at > now && login->state == DeviceLoginState::Pending;
  return lives ? login : nullptr;
}

std::optional<DeviceLogin> DeviceLogins::find_by_user_code(std::string_view typed, mimir::codec::TimePoint now) {
  const std::lock_guard lock(mutex_);
  const DeviceLogin* login = live(typed, now);
  return login == nullptr ? std::nullopt : std::optional(*login);
}

bool DeviceLogins::decide(std::string_view typed, UserDecision decision, const User& user,
                          mimir::codec::TimePoint now) {
  const std::lock_guard lock(mutex_);
  DeviceLogin* login = live(typed, now);
  if (login == nullptr) return false;
  login->state = decision == UserDecision::Approve ? DeviceLoginState::Approved : DeviceLoginState::Denied;
  login->user = user;
  login->decided_at = now;
  return true;
}

std::vector<DeviceLogin> DeviceLogins::all() {
  const std::lock_guard lock(mutex_);
  std::vector<DeviceLogin> list;
  logins_.for_each([&](const std::string&, const DeviceLogin& login) { list.push_back(login); });
  return list;
}

}  // namespace mockoauth::server
