// Any process may connect to the listener of a login: without the login's state nothing ends it, and no byte of a request
// comes back (RFC 6749 §10.12).
#include <cstdint>
#include <cstdlib>

#include <mimir/oauth/callback_session.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mimir::oauth;
  const std::string_view request(reinterpret_cast<const char*>(data), size);
  CallbackOptions options;
  options.state = Secret("Zq8-the-state-of-this-login-9xW");
  CallbackSession session(options, "http://127.0.0.1:49152/callback");
  const auto answer = session.receive(request);
  if (answer.accepted && request.find("Zq8-the-state-of-this-login-9xW") == request.npos &&
      request.find('%') == request.npos) {
    std::abort();
  }
  if (!answer.accepted && session.result()) std::abort();
  if (!answer.pending && !answer.bytes.starts_with("HTTP/1.1 ")) std::abort();
  return 0;
}
