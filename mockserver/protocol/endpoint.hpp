#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/json.hpp>

#include "protocol/refusal.hpp"
#include <mockoauth/server/profile.hpp>

namespace mockoauth::server {

struct Call;
struct RealmState;

/// One endpoint, as its file in endpoints/ registers it.
struct Endpoint {
  std::string name;         ///< In the journal and in fault rules: `token`.
  std::string member = {};  ///< In the metadata: `token_endpoint`; empty when it has none there.
  std::string role = {};    ///< Key of the knob `endpoints`, whose path replaces the default; empty: fixed path.
  std::string origin_role = {};  ///< Role whose origin it shares although its path is its own; empty: `role`.
  /// Default path; `{issuer_path}` stands for the path of the issuer. Empty: served only where the profile names the
  /// role.
  std::string path = {};
  std::vector<std::string> methods = {};  ///< GET stands for HEAD as well (RFC 9110 §9.3.2).
  Outcome (*handle)(Call&) = nullptr;
  /// Puts a refusal on the wire; null: as a JSON error (RFC 6749 §5.2).
  HttpResponse (*refuse)(Call&, const Refusal&) = nullptr;
  bool (*served)(const Profile&) = nullptr;  ///< Null: always.
  /// Where a knob chooses the methods; null: `methods`.
  std::vector<std::string> (*methods_by_profile)(const Profile&) = nullptr;
  /// Adds what it has to say to the metadata beside its URL (RFC 8414 §2); null: nothing.
  void (*describe)(const RealmState&, mimir::codec::Json& document) = nullptr;
  bool below = false;  ///< Answers every path below its own as well.
  /// A header that its callers send: it goes before another endpoint at the same path when the request has it.
  std::string header = {};
  /// Its body is a document, of up to a MiB; only members that are no object or list count as parameters.
  bool reads_document = false;
};

/// The endpoints of the program. Filled once, then read from any thread.
class Endpoints {
 public:
  void add(Endpoint endpoint) { all_.push_back(std::move(endpoint)); }
  /// The first of that name, or nullptr.
  [[nodiscard]] const Endpoint* find(std::string_view name) const;
  [[nodiscard]] const std::deque<Endpoint>& all() const { return all_; }

 private:
  std::deque<Endpoint> all_;  ///< A deque: pointers to its elements stay good.
};

}  // namespace mockoauth::server
