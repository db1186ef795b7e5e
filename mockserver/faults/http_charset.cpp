// A body in another encoding than UTF-8, which JSON must have (RFC 8259 §8.1).
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

constexpr char32_t kUnreadable = U'?';

// One character of UTF-8 at `at`, which moves on. What is no UTF-8 is `?`.
char32_t next_character(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80) return lead;
  const std::size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
  if (lead < 0xc2 || lead > 0xf4 || text.size() - at < more) return kUnreadable;
  char32_t character = lead & (0x3fu >> more);
  for (std::size_t i = 0; i < more; ++i) {
    const auto next = static_cast<unsigned char>(text[at]);
    if ((next & 0xc0u) != 0x80) return kUnreadable;
    character = (character << 6) | (next & 0x3fu);
    ++at;
  }
  return character > 0x10ffff ? kUnreadable : character;
}

void add_unit(std::string& out, char32_t unit) {
  out += static_cast<char>(unit >> 8);
  out += static_cast<char>(unit & 0xff);
}

// Big-endian with a byte-order mark (RFC 2781 §4.3).
std::string as_utf16(std::string_view text) {
  std::string out;
  add_unit(out, 0xfeff);
  for (std::size_t at = 0; at < text.size();) {
    const auto character = next_character(text, at);
    if (character >= 0x10000) {
      add_unit(out, 0xd800 + ((character - 0x10000) >> 10));
      add_unit(out, 0xdc00 + ((character - 0x10000) & 0x3ff));
    } else {
      add_unit(out, character);
    }
  }
  return out;
}

std::string as_latin1(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto character = next_character(text, at);
    out += static_cast<char>(character <= 0xff ? character : kUnreadable);
  }
  return out;
}

std::string misfit_of_http_charset(const Call& call, const Json&) {
  return call.answer->body.empty() ? "the answer has no body" : "";
}

void encode(Call& call, const Json& arguments) {
  const auto charset = arguments.string_at("charset").value_or("utf-16");
  auto& answer = *call.answer;
  answer.body = charset == "utf-16" ? as_utf16(answer.body) : as_latin1(answer.body);
  if (!arguments.bool_at("declared").value_or(true)) return;
  const auto type = answer.header("Content-Type").value_or("text/plain");
  answer.set_header("Content-Type", type.substr(0, type.find(';')) + "; charset=" + charset);
}

}  // namespace

void register_http_charset(Faults& faults) {
  faults.add(
      {.name = "http.charset",
       .title = "The body of the answer is not in UTF-8",
       .layer = "http",
       .phase = Phase::BeforeSend,
       .arguments = {{.name = "charset", .meaning = "`utf-16` when left out.", .choices = {"utf-16", "iso-8859-1"}},
                     {.name = "declared",
                      .kind = ArgumentKind::Flag,
                      .meaning = "Whether the Content-Type says so; true when left out."}},
       .apply = encode,
       .misfit = misfit_of_http_charset});
}

}  // namespace mockoauth::server
