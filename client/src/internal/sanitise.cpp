#include <internal/sanitise.hpp>

#include <mimir/codec/url.hpp>

namespace mimir::oauth::internal {

std::string sanitise(std::string_view remote, std::size_t max_bytes) {
  std::string text;
  bool in_foreign_run = false;
  for (const char c : remote) {
    if (text.size() >= max_bytes) return text + "...";
    const bool printable = c >= ' ' && c <= '~';
    // One mark for a run of foreign bytes: a name in another script must not become a line of question marks.
    if (printable || !in_foreign_run) text += printable ? c : '?';
    in_foreign_run = !printable;
  }
  return text;
}

std::string sanitise_code(std::string_view remote) {
  std::string code;
  for (const char c : remote.substr(0, 64)) {
    const bool allowed = c > ' ' && c <= '~' && c != '"' && c != '\\';
    code += allowed ? c : '?';
  }
  return code;
}

std::string printable_url(std::string_view url) {
  const auto parsed = codec::Url::parse(url);
  if (!parsed) return "(not a URL)";
  return sanitise(parsed->without_query_and_fragment().to_string(), 300);
}

}  // namespace mimir::oauth::internal
