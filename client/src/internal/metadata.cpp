#include <internal/metadata.hpp>

#include <algorithm>

#include <internal/body.hpp>
#include <internal/sanitise.hpp>

namespace mimir::oauth::internal {
namespace {

tl::unexpected<Error> wrong_type(std::string_view member, std::string_view expected) {
  return fail({.category = Category::ProviderBroken,
               .code = "metadata.member_type",
               .message = "The provider's metadata is malformed: \"" + std::string(member) + "\" is not " +
                          std::string(expected) + ".",
               .hint = "Report it to the provider.",
               .spec = "RFC 8414 §2"});
}

Result<> read_string(const codec::Json& document, std::string_view member, std::string& into) {
  const auto* value = present(document, member);
  if (!value) return {};
  if (!value->is_string()) return wrong_type(member, "a string");
  into = *value->as_string();
  return {};
}

Result<> read_list(const codec::Json& document, std::string_view member,
                   std::optional<std::vector<std::string>>& into) {
  const auto* value = present(document, member);
  if (!value) return {};
  const auto* items = value->as_array();
  if (!items) return wrong_type(member, "a list of strings");
  std::vector<std::string> list;
  for (const auto& item : *items) {
    if (!item.is_string()) return wrong_type(member, "a list of strings");
    list.push_back(*item.as_string());
  }
  into = std::move(list);
  return {};
}

Result<> read_flag(const codec::Json& document, std::string_view member, bool& into) {
  const auto* value = present(document, member);
  if (!value) return {};
  if (!value->is_bool()) return wrong_type(member, "true or false");
  into = *value->as_bool();
  return {};
}

Result<> check_issuer(const std::string& found, const std::string& expected) {
  if (found.empty()) {
    return fail({.category = Category::ProviderBroken,
                 .code = "metadata.member_missing",
                 .message = "The provider's metadata has no \"issuer\".",
                 .hint = "Report it to the provider.",
                 .spec = "RFC 8414 §2"});
  }
  if (found == expected) return {};
  const bool slash_only = found + "/" == expected || found == expected + "/";
  return fail({.category = Category::AttackSuspected,
               .code = "metadata.issuer_mismatch",
               .message = "The metadata found for \"" + sanitise(expected, 200) + "\" belongs to another issuer, \"" +
                          sanitise(found, 200) + "\"" + (slash_only ? " (they differ by the slash at the end)." : "."),
               .hint = "Compare the issuer you configured with the one the provider documents; they must be identical.",
               .spec = "RFC 8414 §3.3"});
}

}  // namespace

Result<Metadata> parse_metadata(const codec::Json& document, const std::string& expected_issuer) {
  if (!document.is_object()) return wrong_type("(the document)", "a JSON object");
  Metadata metadata;
  const auto read = [&](std::string_view member, std::string& into) { return read_string(document, member, into); };
  const auto listed = [&](std::string_view member, auto& into) { return read_list(document, member, into); };
  if (auto issuer = read("issuer", metadata.issuer).and_then([&] {
        return check_issuer(metadata.issuer, expected_issuer);
      });
      !issuer) {
    return fail(std::move(issuer.error()));
  }
  auto rest = read("authorization_endpoint", metadata.endpoints.authorization)
                  .and_then([&] { return read("token_endpoint", metadata.endpoints.token); })
                  .and_then([&] { return read("revocation_endpoint", metadata.endpoints.revocation); })
                  .and_then([&] { return read("userinfo_endpoint", metadata.endpoints.userinfo); })
                  .and_then([&] { return read("jwks_uri", metadata.endpoints.jwks); })
                  .and_then([&] {
                    return read("device_authorization_endpoint", metadata.endpoints.device_authorization);
                  })
                  .and_then([&] {
                    return read("pushed_authorization_request_endpoint",
                                metadata.endpoints.pushed_authorization_request);
                  })
                  .and_then([&] { return read("registration_endpoint", metadata.endpoints.registration); })
                  .and_then([&] {
                    return read_flag(document, "client_id_metadata_document_supported",
                                     metadata.takes_client_id_documents);
                  })
                  .and_then([&] {
                    return read_flag(document, "require_pushed_authorization_requests",
                                     metadata.requires_pushed_requests);
                  })
                  .and_then([&] {
                    return listed("token_endpoint_auth_signing_alg_values_supported", metadata.token_auth_algorithms);
                  })
                  .and_then([&] { return listed("dpop_signing_alg_values_supported", metadata.dpop_algorithms); })
                  .and_then([&] { return listed("token_endpoint_auth_methods_supported", metadata.token_auth_methods); })
                  .and_then([&] { return listed("response_types_supported", metadata.response_types); })
                  .and_then([&] { return listed("grant_types_supported", metadata.grant_types); })
                  .and_then([&] {
                    return listed("id_token_signing_alg_values_supported", metadata.id_token_algorithms);
                  })
                  .and_then([&] {
                    return read_flag(document, "authorization_response_iss_parameter_supported", metadata.promises_iss);
                  });
  if (!rest) return fail(std::move(rest.error()));
  return metadata;
}

Result<> require_code_flow(const Metadata& metadata) {
  const bool no_code = metadata.response_types && !lists(*metadata.response_types, "code");
  const bool no_grant = metadata.grant_types && !lists(*metadata.grant_types, "authorization_code");
  if (!no_code && !no_grant) return {};
  // RFC 9700 §2.1.2, §2.4: neither the implicit nor the password grant is a way out.
  return fail({.category = Category::Misconfigured,
               .code = "metadata.no_code_flow",
               .message = "The provider does not offer the authorization code flow.",
               .hint = "Check that the issuer is the right one; this program uses no weaker way to log in.",
               .spec = "RFC 9700 §2.1.2"});
}

}  // namespace mimir::oauth::internal
