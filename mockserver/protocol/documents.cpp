#include "protocol/documents.hpp"

#include <mimir/codec/url.hpp>

#include "protocol/client_metadata.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {

using mimir::codec::Json;
using mimir::codec::Url;

namespace {

constexpr const char* kDraft = "draft-ietf-oauth-client-id-metadata-document-02";
constexpr std::size_t kMostOfMetadata = 5 * 1024;  // §8.7 recommends this.

std::string clause(const char* section) { return std::string(kDraft) + " " + section; }

bool is_json_type(std::string_view type) {
  type = trim(type.substr(0, type.find(';')));
  if (equal_ignoring_case(type, "application/json")) return true;
  return type.size() > 17 && equal_ignoring_case(type.substr(0, 12), "application/") &&
         equal_ignoring_case(type.substr(type.size() - 5), "+json");
}

bool has_dot_segment(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto segment = path.substr(0, path.find('/'));
    if (segment == "." || segment == "..") return true;
    path.remove_prefix(segment.size());
  }
  return false;
}

tl::unexpected<Refusal> unknown_client(std::string detail, std::string why) {
  return refuse(Condition::ClientUnknown, std::move(detail), std::move(why));
}

// §3. Lax on purpose: a developer's own machine may serve the document by plain http.
Checked<void> check_client_url(const std::string& client_id) {
  const auto url = Url::parse(client_id);
  if (!url) return unknown_client("the client_id is not a well-formed URL: " + url.error().message, clause("§3"));
  if (url->path().empty()) return unknown_client("the client_id is a URL without a path", clause("§3"));
  if (url->fragment()) return unknown_client("the client_id is a URL with a fragment", clause("§3"));
  if (has_dot_segment(url->path())) return unknown_client("the client_id is a URL with a dot segment", clause("§3"));
  return {};
}

Checked<ClientRegistration> read_document(const Call& call, const std::string& client_id, const Json& document) {
  // By simple string comparison, so that nobody's document speaks for another URL (§4).
  if (document.string_at("client_id") != client_id) {
    return unknown_client("the document at the client_id does not name this very URL as its client_id", clause("§4"));
  }
  auto client = read_client_metadata(call, document, MetadataSource::Document);
  if (!client) {
    return unknown_client("the document at the client_id cannot be used: " + client.error().detail,
                          client.error().clause);
  }
  client->client_id = client_id;
  return client;
}

}  // namespace

Checked<Json> fetch_json(const Call& call, const std::string& text, const FetchPurpose& purpose) {
  const auto no = [&](const std::string& why) {
    return refuse(purpose.refused_as, purpose.what + " " + why, purpose.clause);
  };
  const auto& fetcher = call.realm.options.fetcher;
  if (!fetcher) return no("cannot be fetched: this server fetches no documents");
  const auto url = Url::parse(text);
  if (!url || !(url->is_https() || url->is_loopback_literal() || url->is_localhost())) {
    return no("is neither an https URL nor one on a loopback host");
  }
  const auto document = fetcher->fetch(text, {.max_bytes = purpose.max_bytes});
  if (!document) return no("cannot be fetched: " + document.error().message);
  if (document->status != 200) {
    return no("is answered with status " + std::to_string(document->status) + ", expected 200");
  }
  if (!is_json_type(document->content_type)) {
    return no("has the Content-Type " + document->content_type.substr(0, 80) + ", expected application/json");
  }
  if (document->body.size() > purpose.max_bytes) {
    return no("has more than " + std::to_string(purpose.max_bytes) + " bytes");
  }
  auto json = Json::parse(document->body);
  if (!json) return no("holds no JSON: " + json.error().message);
  if (!json->is_object()) return no("holds no JSON object");
  return std::move(*json);
}

bool takes_documents(const RealmState& realm) {
  const auto& profile = realm.profile();
  return profile.text("kind") == "oauth" && realm.options.fetcher != nullptr &&
         (profile.text("client.registration") == "cimd" || profile.lists("extensions", "cimd"));
}

Checked<ClientRegistration> find_client(Call& call, const std::string& client_id) {
  auto& registrations = call.realm.registrations;
  if (auto client = registrations.find_registered(client_id)) return std::move(*client);
  if (call.realm.options.takes_any_client) {
    ClientRegistration anybody;
    anybody.client_id = client_id;
    anybody.redirect_uris = {"*"};
    registrations.remember(anybody);  // For whoever asks for the client of a login later.
    return anybody;
  }
  const bool is_url = client_id.starts_with("https://") || client_id.starts_with("http://");
  if (!is_url || !takes_documents(call.realm)) return unknown_client("the client_id is not registered", {});
  if (auto checked = check_client_url(client_id); !checked) return tl::unexpected(checked.error());
  const auto document = fetch_json(call, client_id, {.what = "the document at the client_id",
                                                     .refused_as = Condition::ClientUnknown,
                                                     .clause = clause("§4"),
                                                     .max_bytes = kMostOfMetadata});
  if (!document) return tl::unexpected(document.error());
  auto client = read_document(call, client_id, *document);
  if (client) registrations.remember(*client);
  return client;
}

}  // namespace mockoauth::server
