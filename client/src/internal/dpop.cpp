#include <internal/dpop.hpp>

#include <algorithm>
#include <chrono>

#include <internal/body.hpp>
#include <internal/challenge.hpp>
#include <mimir/codec/base64url.hpp>
#include <mimir/codec/digest.hpp>
#include <mimir/codec/json.hpp>
#include <mimir/codec/jws.hpp>
#include <mimir/codec/random.hpp>
#include <mimir/codec/url.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr std::size_t kMaxNonce = 2048;
constexpr std::size_t kMaxServers = 64;
constexpr std::size_t kMaxErrorBytes = 256 * 1024;

/// RFC 9449 §8.1: 1*NQCHAR. Anything else could not be meant, and goes into a header of ours.
bool is_nonce(const std::string& text) {
  return !text.empty() && text.size() <= kMaxNonce && std::ranges::all_of(text, [](char c) {
    return c == '!' || (c >= '#' && c <= '[') || (c >= ']' && c <= '~');
  });
}

std::string server_key(DpopServer server, const std::string& url) {
  const auto parsed = codec::Url::parse(url);
  return (server == DpopServer::Resource ? "resource " : "authorization ") + (parsed ? parsed->origin() : url);
}

}  // namespace

std::optional<std::string> DpopNonces::find(DpopServer server, const std::string& url) const {
  const auto key = server_key(server, url);
  const std::lock_guard lock(mutex_);
  const auto found = nonces_.find(key);
  return found == nonces_.end() ? std::nullopt : std::optional(found->second);
}

bool DpopNonces::learn(DpopServer server, const std::string& url, const HttpResponse& response) {
  auto fields = response.all("DPoP-Nonce");
  if (fields.size() != 1 || !is_nonce(fields.front())) return false;
  auto key = server_key(server, url);
  const std::lock_guard lock(mutex_);
  if (nonces_.size() >= kMaxServers && !nonces_.contains(key)) nonces_.clear();  // they cost one round trip to get again
  nonces_.insert_or_assign(std::move(key), std::move(fields.front()));
  return true;
}

Result<std::string> make_dpop_proof(const DpopBinding& binding, const ProvenRequest& request, TimePoint now,
                                    Random& random) {
  const auto failed = [](const codec::Error& why) {
    return fail({.category = Category::LocalEnvironment,
                 .code = "dpop.proof",
                 .message = "No proof of possession could be made: " + why.message + ".",
                 .hint = "Nothing was sent.",
                 .spec = "RFC 9449 §4.2"});
  };
  const auto jti = codec::random_base64url(random, 16);
  if (!jti) return failed(jti.error());
  const auto jwk = binding.key.key().public_jwk();
  if (!jwk) return failed(jwk.error());
  const auto header = codec::Json::object(
      {{"typ", "dpop+jwt"}, {"alg", codec::to_string(binding.key.algorithm())}, {"jwk", *jwk}});
  const std::int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(
      binding.clocks.time_there(request.url, now).time_since_epoch()).count();
  auto claims = codec::Json::object({{"jti", *jti},
                                     {"htm", request.method},
                                     {"htu", request.url.substr(0, request.url.find_first_of("?#"))},
                                     {"iat", seconds}});
  if (request.access_token) {
    claims.set("ath", codec::base64url_encode(codec::sha256(request.access_token->expose())));
  }
  if (const auto nonce = binding.nonces.find(request.server, request.url)) claims.set("nonce", *nonce);
  auto proof = codec::jws_sign(header, claims.dump(), binding.key.key());
  if (!proof) return failed(proof.error());
  return *std::move(proof);
}

bool wants_dpop_nonce(DpopServer server, const HttpResponse& response) {
  constexpr std::string_view kError = "use_dpop_nonce";
  if (server == DpopServer::Resource) {
    return response.status == 401 && challenge_parameter(challenges_of(response), "error") == kError;
  }
  if (response.status != 400 && response.status != 401) return false;
  const auto body = parse_json_body(response, kMaxErrorBytes);
  return body && body->is_object() && body->string_at("error") == kError;
}

}  // namespace mimir::oauth::internal
