#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/result.hpp>
#include <mockoauth/server/http.hpp>
#include <mockoauth/server/realm.hpp>

namespace mockoauth::server {

/// What a realm has that asks for nothing else of its kind.
struct RealmDefaults {
  std::shared_ptr<Fetcher> fetcher = {};
  KeySource key_source = {};
  /// Makes the realm at a path of one segment that nothing is served at, from the first request for it on. Null or
  /// nothing: there is none. Its path is set by the server.
  std::function<std::optional<RealmOptions>(const std::string& segment)> at_any_path = {};
};

/// How much one process takes on.
struct ServerLimits {
  std::size_t realms = 10'000;  ///< An untouched one takes a few KiB.
};

/// Many realms behind one origin: the default realm at `/`, each other one at `/r/{name}` or its path; well-known documents of
/// RFC 8414 with the path inserted are routed too. Pure: no sockets, no threads. Thread-safe.
class Server {
 public:
  /// @param clock real time; must outlive the server.
  /// @param origins `http://127.0.0.1:PORT` each, without slash; at least one. The n-th origin of a realm's provider is
  /// served at the n-th of these, and at the first where there are fewer.
  Server(const Clock& clock, std::vector<std::string> origins, ServerLimits limits = {});
  Server(const Clock& clock, std::string origin, ServerLimits limits = {})
      : Server(clock, std::vector{std::move(origin)}, limits) {}
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void set_defaults(RealmDefaults defaults);  ///< For realms that are created from now on.
  /// Creates a realm; its base URLs are filled in from the origins and its name or path. Fails with `realm.exists`,
  /// `realm.name`, `realm.path` or `realm.limit`. @param prepare is called before anybody else can see the realm.
  mimir::codec::Result<std::shared_ptr<Realm>> create_realm(RealmOptions options,
                                                            const std::function<void(Realm&)>& prepare = {});
  [[nodiscard]] std::shared_ptr<Realm> find_realm(std::string_view name) const;  ///< Null: there is none of this name.
  /// Calls that its latches hold are let go (Realm::end). @returns what was left of its script; nothing: there is none
  /// of this name.
  std::optional<ScriptReport> drop_realm(std::string_view name);
  [[nodiscard]] std::vector<std::string> realms() const;  ///< Their names, sorted.
  [[nodiscard]] const std::string& origin() const;  ///< The first.

  HttpResponse handle(HttpRequest request);  ///< By value as Realm::handle.
  /// Whether handling this may make the caller wait for a test (Realm::may_block).
  [[nodiscard]] bool may_block(const HttpRequest& request) const;
  /// How a connection is met. No request has named a realm yet: the ClientHello's `NAME.localhost` does, for its
  /// handshake; everything else is the default realm's.
  [[nodiscard]] Welcome welcome(const Arrival& arrival) const;
  void end_realms();  ///< Realm::end for all of them: the server stops.

 private:
  void open_path(const std::string& target);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mockoauth::server
