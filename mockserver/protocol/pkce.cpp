#include "protocol/pkce.hpp"

#include <mimir/codec/base64url.hpp>
#include <mimir/codec/digest.hpp>

#include "protocol/registrations.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

// RFC 7636 §4.1, §4.2: 43 to 128 unreserved characters, for verifiers and challenges alike.
constexpr std::size_t kShortest = 43;
constexpr std::size_t kLongest = 128;

bool has_pkce_form(std::string_view text) {
  return text.size() >= kShortest && text.size() <= kLongest && is_unreserved(text);
}

}  // namespace

Checked<Challenge> read_challenge(const Profile& profile, const mimir::codec::Parameters& parameters, bool required) {
  if (profile.text("pkce.mode") == "ignored") return Challenge{};
  const auto challenge = value_of(parameters, "code_challenge");
  const auto method = value_of(parameters, "code_challenge_method");
  if (!challenge) {
    if (required) return refuse(Condition::PkceMissing, "code_challenge is missing; PKCE is required here");
    if (method) return refuse(Condition::PkceMissing, "code_challenge_method came without a code_challenge");
    return Challenge{};
  }
  const std::string used = method.value_or("plain");  // RFC 7636 §4.3: plain when it is not said.
  if (!profile.lists("pkce.methods", used)) {
    const std::string what = method ? "code_challenge_method " + used.substr(0, 32)
                                    : "code_challenge_method was left out, which means plain; it";
    return refuse(Condition::PkceMethod, what + " is not supported, only " + join(profile.list("pkce.methods"), " "));
  }
  if (!has_pkce_form(*challenge)) {
    return refuse(Condition::ParamInvalid, "code_challenge has " + std::to_string(challenge->size()) +
                      " characters or characters that are not unreserved; 43 to 128 of A-Z a-z 0-9 - . _ ~ are allowed",
                  "RFC 7636 §4.2");
  }
  if (used == "S256") {
    const auto digest = mimir::codec::base64url_decode(*challenge);
    if (!digest || digest->size() != 32) {
      return refuse(Condition::ParamInvalid, "code_challenge is not the base64url form of a SHA-256 digest",
                    "RFC 7636 §4.2");
    }
  }
  return Challenge{*challenge, used};
}

bool requires_pkce(const Profile& profile, const ClientRegistration& client, const RuleEffects& effects) {
  const auto mode = profile.text("pkce.mode");
  return effects.require_pkce.value_or(mode == "required" || (mode == "required_public" && is_public(client)));
}

Checked<void> check_verifier(const Profile& profile, const Code& code, const std::optional<std::string>& verifier) {
  if (profile.text("pkce.mode") == "ignored") return {};
  if (code.challenge.empty()) {
    if (!verifier) return {};
    // A downgrade: the attacker cut the challenge out of the authorization request.
    return refuse(Condition::VerifierMismatch,
                  "code_verifier was sent but the authorization request had no code_challenge",
                  "RFC 9700 §4.8.2");
  }
  if (!verifier) {
    return refuse(Condition::VerifierMismatch,
                  "code_verifier is missing; the authorization request had a code_challenge",
                  "RFC 9700 §2.1.1");
  }
  if (!has_pkce_form(*verifier)) {
    return refuse(Condition::VerifierMismatch, "code_verifier has " + std::to_string(verifier->size()) +
                      " characters or characters that are not unreserved; 43 to 128 of A-Z a-z 0-9 - . _ ~ are allowed",
                  "RFC 7636 §4.1");
  }
  const std::string computed =
      code.challenge_method == "S256" ? mimir::codec::base64url_encode(mimir::codec::sha256(*verifier)) : *verifier;
  if (!mimir::codec::constant_time_equal(computed, code.challenge)) {
    return refuse(Condition::VerifierMismatch,
                  "code_verifier does not match the code_challenge by " + code.challenge_method);
  }
  return {};
}

}  // namespace mockoauth::server
