#include <mimir/codec/jws.hpp>

#include <algorithm>

#include <mimir/codec/base64url.hpp>

#include "internal/signature.hpp"

namespace mimir::codec {
namespace {

struct Part {
  const char* code;
  const char* name;
  std::size_t start;
  std::size_t end;
};

Result<std::string> decode(std::string_view compact, const Part& part) {
  auto decoded = base64url_decode(compact.substr(part.start, part.end - part.start));
  if (decoded) return decoded;
  return fail(part.code, std::string("the ") + part.name + " of the JWS: " + decoded.error().message,
              decoded.error().spec, part.start + decoded.error().offset);
}

/// The algorithm that a header names.
Result<JwsAlgorithm> algorithm_of(const Json& header) {
  const auto name = header.string_at("alg");
  if (!name) return fail("jws.algorithm", "the header has no \"alg\" that is a string", "RFC 7515 §4.1.1");
  const auto algorithm = parse_jws_algorithm(*name);
  if (!algorithm) {
    return fail("jws.algorithm", "the header's \"alg\" is no supported signature algorithm", "RFC 8725 §3.2");
  }
  return *algorithm;
}

}  // namespace

Result<Jws> Jws::parse(std::string_view compact, std::size_t max_bytes) {
  if (compact.size() > max_bytes) {
    return fail("jws.too_large", "the JWS is larger than " + std::to_string(max_bytes) + " bytes", {}, max_bytes);
  }
  constexpr auto kNone = std::string_view::npos;
  const std::size_t first = compact.find('.');
  const std::size_t second = first == kNone ? kNone : compact.find('.', first + 1);
  if (second == kNone) return fail("jws.parts", "a compact JWS has three parts, this has fewer", "RFC 7515 §7.1");
  if (const std::size_t third = compact.find('.', second + 1); third != kNone) {
    return fail("jws.parts", "a compact JWS has three parts, this has more", "RFC 7515 §7.1", third);
  }
  const auto header = decode(compact, {"jws.header", "header", 0, first});
  if (!header) return tl::unexpected(header.error());
  auto payload = decode(compact, {"jws.payload", "payload", first + 1, second});
  if (!payload) return tl::unexpected(std::move(payload.error()));
  auto signature = decode(compact, {"jws.signature_encoding", "signature", second + 1, compact.size()});
  if (!signature) return tl::unexpected(std::move(signature.error()));

  // RFC 7515 §4: header parameter names must be unique. The offset would be one of decoded bytes, so there is none.
  auto json = Json::parse(*header, {.max_bytes = max_bytes});
  if (!json) return fail("jws.header", "the header of the JWS: " + json.error().message, json.error().spec);
  if (!json->is_object()) return fail("jws.header", "the header of the JWS is no JSON object", "RFC 7515 §4");
  return Jws{std::move(*json), std::move(*payload), std::move(*signature), std::string(compact.substr(0, second))};
}

Result<std::string> jws_sign(const Json& header, std::string_view payload, const Key& key) {
  const auto algorithm = algorithm_of(header);
  if (!algorithm) return tl::unexpected(algorithm.error());
  if (!key.fits(*algorithm)) {
    return fail("jws.key_mismatch", "the key is not one for " + std::string(to_string(*algorithm)), "RFC 7515 §5.1");
  }
  return jws_sign_raw(header.dump(), payload, *algorithm, key);
}

Result<std::string> jws_sign_raw(std::string_view header, std::string_view payload, JwsAlgorithm algorithm,
                                 const Key& key) {
  std::string compact = base64url_encode(header) + "." + base64url_encode(payload);
  const auto signature = internal::sign(algorithm, key, compact);
  if (!signature) return tl::unexpected(signature.error());
  return compact + "." + base64url_encode(*signature);
}

Result<> jws_verify(const Jws& jws, const Key& key, std::span<const JwsAlgorithm> allowed) {
  const auto algorithm = algorithm_of(jws.header);
  if (!algorithm) return tl::unexpected(algorithm.error());
  const std::string name(to_string(*algorithm));
  if (std::find(allowed.begin(), allowed.end(), *algorithm) == allowed.end()) {
    return fail("jws.algorithm_not_allowed", "the JWS is signed with " + name + ", which is not allowed here",
                "RFC 8725 §3.1");
  }
  if (!key.fits(*algorithm)) return fail("jws.key_mismatch", "the key is not one for " + name, "RFC 8725 §3.1");
  if (jws.header.find("crit") != nullptr) {
    return fail("jws.crit", "the header asks for an extension that is not understood", "RFC 7515 §4.1.11");
  }
  if (!internal::verify(*algorithm, key, jws.signing_input, jws.signature)) {
    return fail("jws.signature", "the signature does not belong to this key and this content", "RFC 7515 §5.2");
  }
  return {};
}

}  // namespace mimir::codec
