// The arguments of `jwt.edit`: whatever they are, they are refused with their place, or the token is still three parts of
// which the first two are JSON.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <mimir/codec/base64url.hpp>
#include <mimir/codec/clock.hpp>
#include <mimir/codec/form.hpp>
#include <mockoauth/server/realm.hpp>

using namespace mockoauth::server;
using mimir::codec::Json;
using mimir::codec::Parameters;

namespace {

Profile signing_fast() {
  const auto profile = Profile::parse(R"({"id": "fuzz", "title": "Fuzz", "sources": ["here"], "knobs": {"id_token.alg": "EdDSA",
    "authorize.response_types": ["code", "id_token"]}})", "fuzz");
  if (!profile) std::abort();
  return *profile;
}

void check_part(std::string_view part) {
  const auto text = mimir::codec::base64url_decode(part);
  if (!text || !Json::parse(*text, {.max_bytes = 16 * 1024 * 1024, .max_depth = 256, .refuse_duplicates = false})) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto arguments = Json::parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!arguments) return 0;
  const Json json = Json::object({{"fault", "jwt.edit"}, {"arguments", *arguments}});
  const auto rule = parse_fault_rule(json);
  if (!rule) {
    const auto& pointer = rule.error().pointer;
    if (rule.error().message.empty() || (!pointer.empty() && pointer.front() != '/')) std::abort();
    return 0;
  }
  static const Profile profile = signing_fast();
  const mimir::codec::ManualClock clock(mimir::codec::TimePoint(std::chrono::milliseconds(1'790'000'000'000)));
  RealmOptions options{.profile = profile, .base_url = "http://127.0.0.1:5000", .seed = 1};
  options.clients.push_back({.client_id = "app", .redirect_uris = {"http://127.0.0.1/callback"}});
  Realm realm(std::move(options), clock);
  if (!realm.add_fault(*rule)) std::abort();
  const Parameters request{{"response_type", "id_token"}, {"client_id", "app"}, {"redirect_uri", "http://127.0.0.1/callback"},
                           {"scope", "openid"}, {"state", "s"}, {"nonce", "n"}};
  const auto answer = realm.handle({.method = "GET", .target = "/authorize?" + request.encode()});
  const auto location = answer.header("Location").value_or("");
  const auto hash = location.find('#');
  if (hash == std::string::npos) std::abort();
  const auto back = Parameters::parse(std::string_view(location).substr(hash + 1), {.max_bytes = 16 * 1024 * 1024});
  const auto token = back ? back->one("id_token").value_or("") : "";
  const auto first = token.find('.');
  const auto second = token.find('.', first + 1);
  if (first == std::string::npos || second == std::string::npos) std::abort();
  check_part(std::string_view(token).substr(0, first));
  check_part(std::string_view(token).substr(first + 1, second - first - 1));
  return 0;
}
