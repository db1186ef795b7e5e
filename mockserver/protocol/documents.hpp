#pragma once

#include <optional>
#include <string>

#include <mimir/codec/json.hpp>

#include "protocol/call.hpp"
#include "protocol/refusal.hpp"
#include <mockoauth/server/realm.hpp>

namespace mockoauth::server {

/// What a document is fetched for.
struct FetchPurpose {
  std::string what;        ///< In sentences: `the jwks_uri`.
  Condition refused_as;    ///< How it is refused when the document cannot be had.
  std::string clause;      ///< Of what it has to be.
  std::size_t max_bytes = 64 * 1024;
};

/// A JSON object that a client publishes: https or a loopback host, status 200 and no redirect followed, a JSON media
/// type. Fetched anew each time, so that a change is seen at once whatever the realm's clock does.
[[nodiscard]] Checked<mimir::codec::Json> fetch_json(const Call& call, const std::string& url,
                                                     const FetchPurpose& purpose);

/// Whether clients of this realm may be known by the URL of their metadata document.
[[nodiscard]] bool takes_documents(const RealmState& realm);

/// The client of that id, for a request it makes: registered here or, where the profile has it and the id is a URL,
/// described by the document at this URL (draft-ietf-oauth-client-id-metadata-document-02). `client_unknown` says why
/// not.
[[nodiscard]] Checked<ClientRegistration> find_client(Call& call, const std::string& client_id);

}  // namespace mockoauth::server
