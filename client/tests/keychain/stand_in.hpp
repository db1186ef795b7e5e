#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include <Security/Security.h>

namespace mimir::oauth::testing {

/// The keychain that the stand-in plays.
struct StandIn {
  using Attributes = std::map<std::string, std::string>;
  struct Call {
    std::string function;
    Attributes attributes;
  };

  std::map<std::pair<std::string, std::string>, Attributes> items;  ///< By service and account.
  std::deque<OSStatus> next = {};   ///< What the next calls give instead of doing anything.
  std::vector<Call> calls = {};
  int live_objects = 0;             ///< Created and not released.

  static StandIn& get();
};

}  // namespace mimir::oauth::testing
