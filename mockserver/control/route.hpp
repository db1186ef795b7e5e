#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/form.hpp>
#include <mimir/codec/json.hpp>
#include <mimir/codec/result.hpp>
#include <mockoauth/server/http.hpp>
#include <mockoauth/server/server.hpp>

namespace mockoauth::server {

/// Why a call was refused, as RFC 9457 §3 tells it.
struct Problem {
  int status;
  std::string code;          ///< Stable: `realm.exists`.
  std::string detail;        ///< One sentence for a person.
  std::string pointer = {};  ///< Into the body of the request (RFC 6901).
};

/// The body of a success; null: there is none, and it is answered 204.
using ControlAnswer = mimir::codec::Expected<mimir::codec::Json, Problem>;

[[nodiscard]] inline tl::unexpected<Problem> refuse_call(int status, std::string code, std::string detail,
                                                         std::string pointer = {}) {
  return tl::unexpected(Problem{status, std::move(code), std::move(detail), std::move(pointer)});
}

/// One call of a route, its body checked against the route's schema.
struct ControlCall {
  Server& server;
  const mimir::codec::Parameters& query;
  const mimir::codec::Json& body;          ///< An object where the route takes a body.
  const std::vector<std::string>& segments;  ///< What stands for `{…}` in the path, in order.
  Realm* realm = nullptr;                  ///< That of `{realm}`; null where the path names none.
};

/// One route, as its file in control/routes/ registers it. The same texts make the OpenAPI document and the checks.
struct ControlRoute {
  std::string method;
  std::string path;     ///< `/_mock/realms/{realm}/clock`; a `{realm}` is looked up before the route is called.
  std::string id;       ///< operationId: what a generated client calls it.
  std::string summary;
  std::string body = {};  ///< JSON Schema of the body; empty: none is taken.
  std::vector<std::string> query = {};  ///< Names of optional query parameters.
  int status = 200;
  ControlAnswer (*handle)(const ControlCall&) = nullptr;
  bool waits = false;  ///< Its answer may wait for something to happen; what the realm's end ends, too.
  std::string answer = {};  ///< JSON Schema of the body of a success; empty: any.
};

/// The routes of the program. Filled once, then read from any thread.
class ControlRoutes {
 public:
  void add(ControlRoute route) { all_.push_back(std::move(route)); }
  [[nodiscard]] const std::deque<ControlRoute>& all() const { return all_; }

 private:
  std::deque<ControlRoute> all_;
};
[[nodiscard]] const ControlRoutes& control_routes();

/// Made from all routes (OpenAPI 3.1).
[[nodiscard]] mimir::codec::Json describe_control_routes(const ControlRoutes& routes);

}  // namespace mockoauth::server
