#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include <mimir/codec/clock.hpp>
#include <mimir/codec/form.hpp>
#include <mimir/codec/json.hpp>
#include <mockoauth/server/http.hpp>

namespace mockoauth::server {

/// One exchange and what the server made of it.
struct Exchange {
  std::uint64_t number = 0;                 ///< From 1, per realm.
  mimir::codec::TimePoint virtual_time = {};
  mimir::codec::TimePoint real_time = {};
  std::string endpoint;                     ///< `token`, `authorize`, `resource`; empty for an unknown path.
  HttpRequest request;
  mimir::codec::Parameters parameters;      ///< Of the query and the form body, decoded, in order.
  HttpResponse response;
  std::string client_id;                    ///< As far as it could be told.
  std::string grant_type;
  std::string error;                        ///< OAuth error code of the answer; empty when it was none.
  std::string reason;                       ///< Exactly what did not match; may say more than error_description.
  std::string clause;                       ///< `RFC 7636 §4.6`.
  std::vector<std::string> ignored = {};    ///< Parameters sent that mean nothing to this provider (RFC 6749 §3.1).
  std::vector<std::string> faults;          ///< Names of the faults that fired.
  std::string grant;                        ///< Which grant (login) this belongs to: `g1`; empty when none.
  std::vector<std::string> issued;          ///< Lineage: `code:c1`, `access:a2`, `refresh:r2` as short names.
  std::vector<std::string> consumed;        ///< The same for what was presented.
  /// In words, what became of the answer on its way where a fault saw to that: `reset before_answer`; else empty.
  std::string delivery = {};
};

/// How much a journal keeps before the oldest exchange falls out of it.
struct JournalLimits {
  std::size_t exchanges = 10'000;
  std::size_t bytes = 64 * 1024 * 1024;  ///< Of all texts in them.
};

/// The record of a realm: a ring, so that neither many exchanges nor large ones fill the memory. Thread-safe.
class Journal {
 public:
  explicit Journal(JournalLimits limits = {}) : limits_(limits) {}
  /// Numbers it. One that is larger than the whole journal may be counts as dropped at once.
  void add(const Exchange& exchange);
  [[nodiscard]] std::vector<Exchange> exchanges() const;
  [[nodiscard]] std::vector<Exchange> since(std::uint64_t number) const;  ///< Those with a greater number.
  [[nodiscard]] std::uint64_t last_number() const;
  [[nodiscard]] std::uint64_t dropped() const;         ///< How many fell out of the ring.
  [[nodiscard]] std::size_t bytes() const;             ///< What it keeps now, as JournalLimits counts.
  void clear();                                        ///< Begins anew with number 1.

  /// Grows whenever an exchange is added and when all are cleared.
  [[nodiscard]] std::uint64_t changes() const;
  /// Waits for changes() to differ from `seen`, at most until `deadline` of real time or close(). @returns whether it
  /// does.
  [[nodiscard]] bool await_change(std::uint64_t seen, std::chrono::steady_clock::time_point deadline) const;
  void close();  ///< The realm ends: nobody waits any more. What is added is kept as before. Idempotent.
  [[nodiscard]] bool is_closed() const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable int waiting_ = 0;  ///< So that nobody is told when nobody waits: an exchange is added at every request.
  std::uint64_t changes_ = 0;
  bool is_closed_ = false;
  const JournalLimits limits_;
  std::uint64_t next_ = 1;
  std::uint64_t dropped_ = 0;
  std::size_t bytes_ = 0;
  std::deque<std::string> ring_;  ///< Packed: see protocol/packed_exchange.hpp.
};

/// For export: secrets (tokens, codes, verifiers, secrets, Authorization) replaced by `‹…4 last characters›` unless asked not to.
[[nodiscard]] mimir::codec::Json exchange_to_json(const Exchange& exchange, bool redact = true);

}  // namespace mockoauth::server
