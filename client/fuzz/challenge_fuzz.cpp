// WWW-Authenticate: any server may send any bytes there; what is read stays within its bounds.
#include <cstdint>
#include <cstdlib>

#include <internal/challenge.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mimir::oauth;
  using namespace mimir::oauth::internal;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  HttpResponse response{.status = 401};
  response.headers.emplace_back("WWW-Authenticate", bytes.substr(0, bytes.find('\n')));
  if (bytes.find('\n') != bytes.npos) response.headers.emplace_back("WWW-Authenticate", bytes.substr(bytes.find('\n') + 1));
  const auto challenges = challenges_of(response);
  if (challenges.size() > 32) std::abort();
  for (const auto& challenge : challenges) {
    if (challenge.scheme.empty() || challenge.parameters.size() > 64) std::abort();
  }
  (void)challenge_parameter(challenges, "error");
  return 0;
}
