#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <mimir/codec/result.hpp>
#include <mockoauth/conformance/driver.hpp>

namespace mockoauth::conformance::internal {

struct Page {
  int status = 0;
  std::string location;  ///< Of a redirect; empty otherwise.
  std::string body;
};

/// Fetches one page as a browser would. An error is a connection that failed.
using Fetch = std::function<mimir::codec::Result<Page>(const std::string& url)>;

/// Walks a login like a person with a browser: opens the URL (after whatever tampering the plan asks for) and follows
/// redirects to the end. @returns what it met, a line each.
std::vector<std::string> walk_login(const std::string& url, const BrowserPlan& plan, const Fetch& fetch);

/// Fetches over a real socket.
mimir::codec::Result<Page> fetch_page(const std::string& url);

}  // namespace mockoauth::conformance::internal
