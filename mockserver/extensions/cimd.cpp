// Clients known by the URL of their metadata: draft-ietf-oauth-client-id-metadata-document.
#include "protocol/documents.hpp"
#include "protocol/extension.hpp"

namespace mockoauth::server {
namespace {

// §6
void describe_cimd(const RealmState&, mimir::codec::Json& document) {
  document.set("client_id_metadata_document_supported", mimir::codec::Json(true));
}

}  // namespace

void register_cimd(Extensions& extensions) {
  extensions.add({.name = "cimd", .offered = takes_documents, .describe = describe_cimd});
}

}  // namespace mockoauth::server
