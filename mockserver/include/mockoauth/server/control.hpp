#pragma once

#include <memory>
#include <string>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mockoauth/server/http.hpp>
#include <mockoauth/server/server.hpp>

namespace mockoauth::server {

/// Who may steer, and how.
struct ControlOptions {
  /// What every call has to bring as `Authorization: Bearer`; empty: whoever reaches the socket may steer.
  std::string token = {};
};

/// The control API under `/_mock/`: realms, their clocks, clients, people, keys, faults and journals, as JSON. What it
/// takes and gives is described at `/_mock/openapi.json`. A refusal is a problem document (RFC 9457) with the JSON
/// pointer to what was wrong, and then nothing has changed. Thread-safe; nothing is made before it is first used.
class Control {
 public:
  /// @param server must outlive this.
  explicit Control(Server& server, ControlOptions options = {});
  ~Control();
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  /// Whether a request is for this API and not for a provider.
  [[nodiscard]] static bool is_for(const HttpRequest& request);
  /// Whether handling this may make the caller wait: for calls at a latch, for an exchange that is yet to come.
  [[nodiscard]] static bool may_block(const HttpRequest& request);
  /// Never throws.
  [[nodiscard]] HttpResponse handle(const HttpRequest& request);
  /// The OpenAPI 3.1 document of all routes.
  [[nodiscard]] static mimir::codec::Json openapi();

 private:
  [[nodiscard]] HttpResponse answer(const HttpRequest& request);

  Server& server_;
  const ControlOptions options_;
};

}  // namespace mockoauth::server
