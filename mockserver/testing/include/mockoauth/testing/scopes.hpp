#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <mockoauth/server/server.hpp>

namespace mockoauth::testing {

/// Told once for each thing that a test asked for and that never happened, in a sentence. Must not throw.
using Complaint = std::function<void(const std::string& sentence)>;

/// The sentences of a report; none when it is clean.
[[nodiscard]] std::vector<std::string> sentences_of(const server::ScriptReport& report);

/// A realm for as long as this object. What is left of its script at the end is complained about.
class RealmScope {
 public:
  /// @param server must outlive this. A name is found when the options have none but the default. Throws
  /// std::runtime_error when the realm cannot be made: a test without its realm has nothing to show.
  RealmScope(server::Server& server, server::RealmOptions options, Complaint complain = {});
  ~RealmScope();
  RealmScope(const RealmScope&) = delete;
  RealmScope& operator=(const RealmScope&) = delete;

  server::Realm& operator*() const { return *realm_; }
  server::Realm* operator->() const { return realm_.get(); }

 private:
  server::Server& server_;
  std::shared_ptr<server::Realm> realm_;
  Complaint complain_;
};

/// A fault rule for as long as this object. One that never struck is complained about when it goes.
class FaultScope {
 public:
  /// @param realm must outlive this. Throws std::runtime_error with the sentence of a rule that is refused.
  FaultScope(server::Realm& realm, server::FaultRule rule, Complaint complain = {});
  ~FaultScope();
  FaultScope(const FaultScope&) = delete;
  FaultScope& operator=(const FaultScope&) = delete;

  /// Requests that were struck so far.
  [[nodiscard]] int fired() const;

 private:
  server::Realm& realm_;
  std::uint64_t id_;
  Complaint complain_;
};

/// Puts a realm's clock back where it would be, and as it went, when this object goes.
class ClockScope {
 public:
  /// @param realm must outlive this.
  explicit ClockScope(server::Realm& realm);
  ~ClockScope();
  ClockScope(const ClockScope&) = delete;
  ClockScope& operator=(const ClockScope&) = delete;

  server::VirtualClock& operator*() const { return realm_.clock(); }
  server::VirtualClock* operator->() const { return &realm_.clock(); }

 private:
  server::Realm& realm_;
  std::chrono::milliseconds offset_;
  double rate_;
  bool frozen_;
  server::TimePoint now_;
};

/// Calls that fit are held at a latch of this object's own for as long as it lives; then they are let go.
class LatchScope {
 public:
  /// @param calls how many are held; later ones pass. @param realm must outlive this. Throws as FaultScope.
  LatchScope(server::Realm& realm, server::RuleMatch when, int calls = 1, std::string phase = {}, Complaint complain = {});
  ~LatchScope();
  LatchScope(const LatchScope&) = delete;
  LatchScope& operator=(const LatchScope&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  /// Waits for so many to be parked. @returns whether they are.
  [[nodiscard]] bool await(std::size_t calls, std::chrono::milliseconds limit = std::chrono::seconds(10)) const;
  /// Lets them go in this order (all, as they came, when it is empty). @returns whether all of them were parked.
  bool release(const std::vector<std::uint64_t>& order = {}) const;

 private:
  server::Realm& realm_;
  std::string name_;
  FaultScope rule_;
};

/// Tells the person at the login page what to do for as long as this object; then they approve everything again as
/// whoever they were.
class PersonScope {
 public:
  /// @param sub empty: whoever it is. @param realm must outlive this.
  PersonScope(server::Realm& realm, server::UserDecision decision, const std::string& sub = {});
  ~PersonScope();
  PersonScope(const PersonScope&) = delete;
  PersonScope& operator=(const PersonScope&) = delete;

 private:
  server::Realm& realm_;
  server::PersonView before_;
};

}  // namespace mockoauth::testing
