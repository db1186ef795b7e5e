#include <mimir/oauth/callback_session.hpp>

#include <algorithm>
#include <utility>
#include <vector>

#include <mimir/codec/digest.hpp>
#include <mimir/codec/form.hpp>
#include <mimir/codec/url.hpp>

#include "internal/ascii.hpp"
#include "internal/callback_pages.hpp"
#include "internal/request_head.hpp"

namespace mimir::oauth {
namespace {

using internal::CallbackPage;

/// Keeps what RFC 6749 §4.1.2.1 allows in `error` and `error_description`; the rest could steer a terminal.
std::string sanitised(std::string_view text, std::size_t max_characters) {
  std::string result;
  for (const char c : text.substr(0, max_characters)) {
    const bool is_allowed = c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
    result += is_allowed ? c : '?';
  }
  return result;
}

bool has_control_bytes(const codec::Parameters& parameters) {
  return std::ranges::any_of(parameters.pairs(), [](const auto& pair) {
    return std::ranges::any_of(pair.first, internal::is_control) ||
           std::ranges::any_of(pair.second, internal::is_control);
  });
}

/// Host values under which the browser may call us. For `localhost` the two literals it stands for are as good: a
/// rebinding attack comes with a name of its own (CH-CB-05).
std::vector<std::string> authorities_of(const codec::Url& uri) {
  std::vector<std::string> hosts = {uri.host()};
  if (uri.is_localhost()) hosts.insert(hosts.end(), {"127.0.0.1", "[::1]"});
  std::vector<std::string> authorities;
  for (const auto& host : hosts) {
    authorities.push_back(host + ":" + std::to_string(uri.port()));
    if (uri.port() == 80) authorities.push_back(host);  // RFC 9110 §7.2: the default port is left out
  }
  return authorities;
}

Result<CallbackResult> read_response(const codec::Parameters& parameters, std::size_t refused_requests) {
  const bool has_code = parameters.count("code") > 0;
  const bool has_error = parameters.count("error") > 0;
  if (const auto repeated = parameters.repeated(); repeated || (has_code && has_error)) {
    return fail({.category = Category::AttackSuspected,
                 .code = "callback.ambiguous",
                 .message = has_code && has_error && !repeated
                                ? "The authorization response has both a code and an error."
                                : "The authorization response has a parameter twice: " + sanitised(*repeated, 40) + ".",
                 .hint = "Start the login again; if it happens again, something changes what the provider sends.",
                 .spec = has_code && has_error && !repeated ? "RFC 6749 §4.1.2.1" : "RFC 6749 §3.1"});
  }

  CallbackResult result{.iss = parameters.one("iss"), .refused_requests = refused_requests};
  if (has_code) {
    const std::string code = *parameters.one("code");
    if (!code.empty()) {
      result.code = Secret(code);
      return result;
    }
  } else if (has_error) {
    result.error = sanitised(*parameters.one("error"), 64);
    result.error_description = sanitised(parameters.one("error_description").value_or(""), 500);
    if (!result.error.empty()) return result;
  }
  return fail({.category = Category::ProviderBroken,
               .code = "callback.incomplete",
               .message = "The authorization response has neither a code nor an error.",
               .hint = "The provider must send one of them; check that it is asked for response_type=code.",
               .spec = "RFC 6749 §4.1.2"});
}

}  // namespace

struct CallbackSession::Impl {
  std::vector<std::string> authorities;
  std::string path;
  Secret state;
  std::optional<Secret> accepted_query;  // To know a repeat: a Secret, since it holds the code.
  std::optional<Result<CallbackResult>> result;
  std::size_t refused = 0;

  Answer refuse(CallbackPage page) {
    ++refused;
    return {.bytes = internal::callback_response(page)};
  }

  [[nodiscard]] bool is_our_host(std::string_view host) const {
    return std::ranges::any_of(authorities, [&](const std::string& authority) {
      return internal::equal_ignoring_case(authority, host);
    });
  }

  /// Constant time over digests: neither length nor matching prefix can be measured (RFC 6749 §10.12).
  [[nodiscard]] bool is_our_state(const codec::Parameters& parameters) const {
    const auto given = parameters.one("state");
    return given && !state.empty() && codec::constant_time_equal(codec::sha256(*given), codec::sha256(state.expose()));
  }

  Answer receive(std::string_view bytes) {
    if (bytes.substr(0, bytes.find("\r\n\r\n")).size() > kMaxRequestBytes) return refuse(CallbackPage::TooLarge);
    const auto head = internal::parse_request_head(bytes);
    if (!head) return refuse(CallbackPage::BadRequest);

    const auto is_host = [](const auto& header) { return internal::equal_ignoring_case(header.first, "Host"); };
    const auto host = std::ranges::find_if(head->headers, is_host);
    // RFC 9112 §3.2: exactly one, also from an HTTP/1.0 peer, since it is what stops DNS rebinding.
    if (std::ranges::count_if(head->headers, is_host) != 1) return refuse(CallbackPage::BadRequest);
    if (!is_our_host(host->second)) return refuse(CallbackPage::WrongHost);

    std::string_view target = head->target;
    if (constexpr std::string_view kScheme = "http://"; target.starts_with(kScheme)) {
      // RFC 9112 §3.2.2: the absolute form must be understood; its authority counts as the host.
      target.remove_prefix(kScheme.size());
      const auto slash = target.find('/');
      if (!is_our_host(target.substr(0, slash))) return refuse(CallbackPage::WrongHost);
      target = slash == std::string_view::npos ? "/" : target.substr(slash);
    }
    const auto question = target.find('?');
    if (target.substr(0, question) != path) return {.bytes = page_for(*head, CallbackPage::NotFound)};
    if (head->method != "GET") return {.bytes = page_for(*head, CallbackPage::MethodNotAllowed)};
    return receive_query(question == std::string_view::npos ? std::string_view() : target.substr(question + 1));
  }

  /// Favicons, prefetches and probes: they are answered, and no more is made of them (CH-CB-09).
  static std::string page_for(const internal::RequestHead& head, CallbackPage page) {
    return internal::callback_response(page, head.method != "HEAD");
  }

  Answer receive_query(std::string_view query) {
    const auto parameters = codec::Parameters::parse(query);
    if (!parameters || has_control_bytes(*parameters)) return refuse(CallbackPage::BadRequest);
    // Before anything else is looked at: who does not know the state can neither end nor steer a login (CH-CB-08).
    if (!is_our_state(*parameters)) return refuse(CallbackPage::BadRequest);

    if (accepted_query) {
      // A reload or a second connection of the same browser sees the same page (CH-CB-20).
      if (codec::constant_time_equal(accepted_query->expose(), query)) return {.pending = true};
      return refuse(CallbackPage::BadRequest);
    }
    accepted_query = Secret(query);
    result = read_response(*parameters, refused);
    return {.accepted = true, .pending = true};
  }
};

CallbackSession::CallbackSession(const CallbackOptions& options, const std::string& redirect_uri)
    : impl_(std::make_unique<Impl>()) {
  // A redirect URI that is none leaves no authority: every request is then refused.
  if (const auto uri = codec::Url::parse(redirect_uri)) {
    impl_->authorities = authorities_of(*uri);
    impl_->path = uri->path().empty() ? "/" : uri->path();
  }
  impl_->state = options.state.clone();
}

CallbackSession::CallbackSession(CallbackSession&&) noexcept = default;
CallbackSession& CallbackSession::operator=(CallbackSession&&) noexcept = default;
CallbackSession::~CallbackSession() = default;

CallbackSession::Answer CallbackSession::receive(std::string_view request_bytes) {
  return impl_->receive(request_bytes);
}

std::string CallbackSession::page(PageOutcome outcome) {
  return internal::callback_response(outcome == PageOutcome::Success ? CallbackPage::SignedIn
                                                                     : CallbackPage::NotSignedIn);
}

std::optional<Result<CallbackResult>> CallbackSession::result() { return std::exchange(impl_->result, std::nullopt); }

std::size_t CallbackSession::refused_requests() const { return impl_->refused; }

}  // namespace mimir::oauth
