#pragma once

#include <string>
#include <string_view>

#include <internal/http_rules.hpp>
#include <mimir/codec/url.hpp>
#include <mimir/oauth/error.hpp>

namespace mimir::oauth::internal {

/// Loopback literal or `localhost`, which libcurl and browsers resolve without asking the network (RFC 6761 §6.3).
[[nodiscard]] bool is_loopback(const codec::Url& url);

/// Whether secrets may travel there: https, or http on this machine (RFC 6749 §3.1, §3.2; RFC 6750 §5.3).
[[nodiscard]] bool is_protected(const codec::Url& url);

/// Reads the URL of an endpoint and refuses those where secrets may not go and those with a fragment (RFC 6749 §3.1).
/// @param member  its name in the metadata, for the message.
Result<codec::Url> parse_endpoint(std::string_view member, const std::string& text);

}  // namespace mimir::oauth::internal
