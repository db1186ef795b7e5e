#include <mimir/oauth/http_transport.hpp>

#include "internal/ascii.hpp"

namespace mimir::oauth {

std::optional<std::string> HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (internal::equal_ignoring_case(key, name)) return value;
  }
  return std::nullopt;
}

std::vector<std::string> HttpResponse::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : headers) {
    if (internal::equal_ignoring_case(key, name)) values.push_back(value);
  }
  return values;
}

}  // namespace mimir::oauth
