#pragma once

#include <deque>
#include <string>

#include <mimir/codec/json.hpp>

namespace mockoauth::server {

struct RealmState;

/// Something that a server speaks beside its endpoints and grants, as its file in extensions/ registers it.
struct Extension {
  std::string name;  ///< As in the knob `extensions`: `iss_param`.
  /// Whether this realm speaks it; null: when the knob `extensions` lists it.
  bool (*offered)(const RealmState&) = nullptr;
  /// Adds what it has to say to the metadata (RFC 8414 §2); null: nothing.
  void (*describe)(const RealmState&, mimir::codec::Json& document) = nullptr;
};

/// The extensions of the program. Filled once, then read from any thread.
class Extensions {
 public:
  void add(Extension extension) { all_.push_back(std::move(extension)); }
  [[nodiscard]] const std::deque<Extension>& all() const { return all_; }

 private:
  std::deque<Extension> all_;
};

}  // namespace mockoauth::server
