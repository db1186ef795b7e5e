#include <mimir/oauth/trace.hpp>

#include <algorithm>

#include "internal/sanitise.hpp"

namespace mimir::oauth {
namespace {

constexpr std::size_t kMaxFieldBytes = 500;

bool is_part_of_a_mailbox(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' ||
         c == '+' || c == '%';
}

std::string_view word_for(Event::Kind kind) {
  switch (kind) {
    case Event::Kind::AuthorizationUrl: return "authorization_url";
    case Event::Kind::DeviceCode: return "device_code";
    case Event::Kind::BrowserFailed: return "browser_failed";
    case Event::Kind::OtherLogin: return "other_login";
    case Event::Kind::StillWaiting: return "still_waiting";
    case Event::Kind::Waiting: return "waiting";
    case Event::Kind::CameBack: return "came_back";
    case Event::Kind::Refreshing: return "refreshing";
    case Event::Kind::Refreshed: return "refreshed";
    case Event::Kind::LoginNeeded: return "login_needed";
    case Event::Kind::Registered: return "registered";
    case Event::Kind::Stored: return "stored";
    case Event::Kind::Warning: return "warning";
  }
  return "event";
}

}  // namespace

TraceField::TraceField(std::string name, std::string_view text)
    : name_(std::move(name)), value_(internal::sanitise(text, kMaxFieldBytes)) {}

TraceField TraceField::address(std::string name, const std::string& url) {
  return {std::move(name), internal::printable_url(url)};
}

EventSink traced_events(TraceSink& trace, EventSink next) {
  return [&trace, next = std::move(next)](const Event& event) {
    std::vector<TraceField> fields{{"kind", word_for(event.kind)}, {"provider", event.provider}};
    // The codes of a login under way are secrets until it has ended, also those that the user types (CH-LG-02).
    if (event.kind == Event::Kind::AuthorizationUrl) {
      fields.push_back(TraceField::address("url", event.text));
    } else if (event.kind == Event::Kind::DeviceCode) {
      if (event.device) fields.push_back(TraceField::address("url", event.device->verification_uri));
    } else if (!event.text.empty()) {
      fields.emplace_back("text", event.text);
    }
    if (event.wait) {
      fields.emplace_back("host", event.wait->host);
      fields.emplace_back("seconds_left", event.wait->left.count());
      fields.emplace_back("refused_requests", event.wait->progress.refused_requests);
      fields.emplace_back("saw_tls", event.wait->progress.saw_tls ? "yes" : "no");
    }
    trace.record("event", fields);
    if (next) next(event);
  };
}

void trace_error(TraceSink& trace, const Error& error) {
  std::vector<TraceField> fields{
      {"code", error.code}, {"category", to_string(error.category)}, {"message", error.message}};
  if (error.http) {
    fields.emplace_back("status", error.http->status);
    fields.push_back(TraceField::address("url", error.http->url));
    fields.emplace_back("oauth_error", error.http->oauth_error);
    fields.emplace_back("description", error.http->description);
  }
  trace.record("error", fields);
}

std::string for_others(std::string text, const std::string& home) {
  for (std::size_t at = 0; home.size() > 1 && (at = text.find(home, at)) != std::string::npos; ++at) {
    text.replace(at, home.size(), "~");
  }
  for (auto at = text.find('@'); at != std::string::npos; at = text.find('@', at + 1)) {
    auto start = at;
    while (start > 0 && is_part_of_a_mailbox(text[start - 1])) --start;
    const bool has_domain = at + 1 < text.size() && is_part_of_a_mailbox(text[at + 1]);
    if (start == at || !has_domain) continue;
    text.replace(start + 1, at - start - 1, "...");
    at = start + 4;
  }
  return text;
}

}  // namespace mimir::oauth
