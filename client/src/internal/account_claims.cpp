#include <internal/account_claims.hpp>

#include <internal/display_text.hpp>
#include <mimir/codec/jws.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr std::size_t kMaxNameShown = 100;

}  // namespace

codec::Json claims_of_stored(const Secret& id_token) {
  const auto jws = codec::Jws::parse(id_token.expose());
  return jws ? codec::Json::parse(jws->payload).value_or(codec::Json()) : codec::Json();
}

std::string account_shown(const codec::Json& claims) {
  for (const auto* name : {"email", "preferred_username", "name", "sub"}) {
    if (const auto text = claims.string_at(name); text && !text->empty()) return display_text(*text, kMaxNameShown);
  }
  return "of no name";
}

}  // namespace mimir::oauth::internal
