// What a provider answers, as metadata, tokens or an error: read or refused with a sentence that is fit for a terminal.
#include <cstdint>
#include <cstdlib>

#include <internal/metadata.hpp>
#include <internal/token_response.hpp>

namespace {

void check_fit_to_show(const std::string& text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mimir::oauth;
  using namespace mimir::oauth::internal;
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  constexpr int kStatus[] = {200, 400, 401, 503};
  const HttpResponse response{.status = kStatus[data[0] % 4], .headers = {}, .body = Secret(body)};
  const Step step = data[0] & 4 ? Step::Refresh : data[0] & 8 ? Step::TokenExchange : Step::CodeExchange;
  const auto grant = validate_token_response(response, {.step = step,
                                                        .provider = "mock",
                                                        .url = "https://as.example/token",
                                                        .now = TimePoint(),
                                                        .bound = (data[0] & 16) != 0});
  if (grant) {
    if (response.status != 200 || grant->access_token.empty()) std::abort();
    for (const char c : grant->access_token.expose()) {
      if (c <= ' ' || c > '~') std::abort();  // it goes into a header
    }
    if (grant->lifetime && grant->lifetime->count() < 0) std::abort();
  } else {
    check_fit_to_show(grant.error().message);
    check_fit_to_show(grant.error().hint);
  }
  const auto document = mimir::codec::Json::parse(body);
  if (!document) return 0;
  const auto metadata = parse_metadata(*document, "https://as.example");
  if (metadata && metadata->issuer != "https://as.example") std::abort();
  if (!metadata) check_fit_to_show(metadata.error().message);
  return 0;
}
