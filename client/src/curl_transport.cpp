#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include <mimir/oauth/http_transport.hpp>

#include "internal/ascii.hpp"
#include "internal/curl_tls.hpp"
#include "internal/endpoint.hpp"
#include "internal/http_rules.hpp"
#include "internal/internal_address.hpp"
#include "internal/libcurl.hpp"
#include "internal/wiping_buffer.hpp"

namespace mimir::oauth {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kMaxHeaderBytes = 64 * 1024;  // Interim answers included (CH-NT-16).
constexpr milliseconds kConnectTimeout{10'000};     // CH-NT-08

/// To be called where send() has seen that the library is there.
const internal::Libcurl& curl() { return *internal::Libcurl::load(); }

struct EasyDeleter {
  void operator()(CURL* easy) const { curl().easy_cleanup(easy); }
};
struct MultiDeleter {
  void operator()(CURLM* multi) const { curl().multi_cleanup(multi); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl().slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;
using Multi = std::unique_ptr<CURLM, MultiDeleter>;
using List = std::unique_ptr<curl_slist, ListDeleter>;

/// What one attempt received. New for every attempt: libcurl would append to an old one (CH-NT-11).
struct Received {
  std::size_t max_body_bytes = 0;
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers = {};
  internal::WipingBuffer body = {};
  std::size_t header_bytes = 0;
  bool headers_are_complete = false;
  bool too_much_body = false;
  bool too_many_headers = false;
  long system_error = 0;  ///< errno of a connection that failed.
  bool led_inside = false;            ///< The name leads to an address that must not be asked.
  int certificate_error = X509_V_OK;  ///< OpenSSL's reason not to trust what the server has shown.
};

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

extern "C" std::size_t mimir_oauth_on_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto& received = *static_cast<Received*>(user);
  const std::string_view line(data, size * count);
  received.header_bytes += line.size();
  if (received.header_bytes > kMaxHeaderBytes) {
    received.too_many_headers = true;
    return 0;
  }
  if (line.starts_with("HTTP/")) {
    // An interim answer (1xx) may have come before; only the last one's headers count.
    received.headers.clear();
    received.headers_are_complete = false;
    const auto space = line.find(' ');
    received.status = space == std::string_view::npos ? 0 : std::atoi(std::string(line.substr(space + 1, 3)).c_str());
  } else if (trim(line).empty()) {
    received.headers_are_complete = received.status >= 200;
  } else if (const auto colon = line.find(':'); colon != std::string_view::npos && !received.headers_are_complete) {
    // After the head come trailers, which must not pass for headers (RFC 9110 §6.5.1).
    received.headers.emplace_back(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
  }
  return line.size();
}

extern "C" std::size_t mimir_oauth_on_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& received = *static_cast<Received*>(user);
  const std::string_view bytes(data, size * count);  // decoded: a small answer may unpack to a huge one
  if (bytes.size() > received.max_body_bytes - received.body.size()) {
    received.too_much_body = true;
    return 0;
  }
  received.body.append(bytes);
  return bytes.size();
}

/// To be called where watch_certificates() has seen that it is there.
const internal::CurlTls& tls() { return *internal::CurlTls::load(); }

int index_of_received() {
  static const int index = tls().get_ex_new_index(CRYPTO_EX_INDEX_SSL_CTX, 0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

extern "C" int mimir_oauth_on_certificate(int is_good, X509_STORE_CTX* store) {
  if (is_good == 1) return is_good;
  const auto* ssl = static_cast<SSL*>(tls().store_get_ex_data(store, tls().get_ex_data_of_store()));
  auto* received = static_cast<Received*>(tls().ctx_get_ex_data(tls().get_ctx(ssl), index_of_received()));
  if (received != nullptr) received->certificate_error = tls().store_get_error(store);
  return is_good;
}

extern "C" CURLcode mimir_oauth_on_tls(CURL*, void* context, void* received) {
  auto* of_curl = static_cast<SSL_CTX*>(context);
  tls().ctx_set_ex_data(of_curl, index_of_received(), received);
  tls().ctx_set_verify(of_curl, tls().ctx_get_verify_mode(of_curl), mimir_oauth_on_certificate);
  return CURLE_OK;
}

extern "C" curl_socket_t mimir_oauth_on_socket(void* user, curlsocktype, curl_sockaddr* address) {
  auto& received = *static_cast<Received*>(user);
  if (internal::is_internal_address(address->addr)) {
    received.led_inside = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/// Whether a proxy may be on the way; which of the variables counts is libcurl's to know.
bool has_proxy() {
  constexpr std::array kVariables{"https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy", "ALL_PROXY"};
  return std::ranges::any_of(kVariables, [](const char* name) {
    const char* const value = std::getenv(name);
    return value != nullptr && *value != '\0';
  });
}

/// Looks on while OpenSSL judges: libcurl calls a certificate that bears a trusted issuer's name without its signature a
/// failed handshake, and then tells nothing of the judgement. Another library than OpenSSL 3 under libcurl is left alone.
void watch_certificates(CURL* easy, Received& received) {
  if (internal::CurlTls::load() == nullptr) return;
  curl().easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, mimir_oauth_on_tls);
  curl().easy_setopt(easy, CURLOPT_SSL_CTX_DATA, &received);
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// RFC 3986 §5. Nothing when the reference cannot be resolved.
std::optional<std::string> resolve(const std::string& base, const std::string& reference) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl().url(), curl().url_cleanup);
  char* text = nullptr;
  if (!url || curl().url_set(url.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK ||
      curl().url_set(url.get(), CURLUPART_URL, reference.c_str(), 0) != CURLUE_OK ||
      curl().url_get(url.get(), CURLUPART_URL, &text, 0) != CURLUE_OK) {
    return std::nullopt;
  }
  std::string result(text);
  curl().free(text);
  return result;
}

Error cancelled() {
  return {.category = Category::Cancelled, .code = "cancelled", .message = "The request was cancelled."};
}

Error no_library() {
  return {.category = Category::LocalEnvironment,
          .code = "network.no_library",
          .message = "Nothing can be asked of a server: libcurl 7.87 or newer is not installed.",
          .hint = "Install it (the package libcurl4 of Debian) or update it."};
}

Error timed_out(const std::string& origin) {
  return {.category = Category::TryLater,
          .code = "network.timeout",
          .message = origin + " did not answer in time.",
          .hint = "Check the connection to the network and try again."};
}

/// What libcurl's code means for a person. @param detail  libcurl's own words; they hold no part of a body.
Error error_of(CURLcode code, const Received& received, const std::string& origin, const std::string& detail) {
  const std::string why = detail.empty() ? curl().easy_strerror(code) : detail;
  if (received.too_much_body || received.too_many_headers) {
    return {.category = Category::ProviderBroken,
            .code = received.too_much_body ? "http.response_too_large" : "http.headers_too_large",
            .message = origin + " sent more than an answer of this kind may have.",
            .hint = "Check that the address is the provider's."};
  }
  if (received.led_inside) {
    return {.category = Category::AttackSuspected,
            .code = "network.internal_address",
            .message = origin + " is an address inside this network.",
            .hint = "Nothing was sent there. Configure it yourself if you trust it.",
            .spec = "RFC 9728 §7.7"};
  }
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return timed_out(origin);
    case CURLE_COULDNT_RESOLVE_HOST:
      return {.category = Category::TryLater,
              .code = "network.resolve",
              .message = "The address of " + origin + " could not be looked up.",
              .hint = "Check the spelling of the host and the connection to the network."};
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
      return {.category = Category::TryLater,
              .code = "network.proxy",
              .message = "The proxy on the way to " + origin + " failed: " + why + ".",
              .hint = "Check https_proxy and no_proxy."};
    case CURLE_COULDNT_CONNECT:
      if (received.system_error == ENETUNREACH) {
        return {.category = Category::TryLater,
                .code = "network.unreachable",
                .message = "This machine has no way to " + origin + ".",
                .hint = "Check the connection to the network."};
      }
      return {.category = Category::TryLater,
              .code = "network.connect",
              .message = "No connection to " + origin + ": " + why + ".",
              .hint = "Check the connection to the network; the server may be down."};
    case CURLE_PEER_FAILED_VERIFICATION:
      // Somebody in between, or a company's inspecting proxy: nobody but the user can tell (RFC 6749 §10.9).
      return {.category = Category::AttackSuspected,
              .code = "tls.untrusted",
              .message = "The certificate of " + origin + " is not trusted: " + why + ".",
              .hint = "If your company inspects TLS, point SSL_CERT_FILE at its CA certificates; otherwise do not go on.",
              .spec = "RFC 6749 §10.9"};
    case CURLE_SSL_CACERT_BADFILE:
      return {.category = Category::LocalEnvironment,
              .code = "tls.ca_file",
              .message = "The file with CA certificates cannot be read: " + why + ".",
              .hint = "Check SSL_CERT_FILE and the ca_file setting."};
    case CURLE_SSL_CONNECT_ERROR:
      return {.category = Category::TryLater,
              .code = "tls.handshake",
              .message = "No secure connection to " + origin + ": " + why + ".",
              .hint = "The server must speak TLS 1.2 or newer; a proxy or firewall may be in the way."};
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:  // HTTP/0.9: bytes without a status line
    case CURLE_WRITE_ERROR:
      return {.category = Category::ProviderBroken,
              .code = "http.garbage",
              .message = origin + " did not answer with HTTP that can be understood: " + why + ".",
              .hint = "Check that the address is the provider's."};
    case CURLE_PARTIAL_FILE:
      return {.category = Category::TryLater,
              .code = "network.truncated",
              .message = "The answer of " + origin + " broke off.",
              .hint = "Try again."};
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
      return {.category = Category::LocalEnvironment,
              .code = "network.no_resources",
              .message = "The request could not be prepared: " + why + ".",
              .hint = "Check the memory and the limits of this machine."};
    default:
      return {.category = Category::TryLater,
              .code = "network.broken",
              .message = "The connection to " + origin + " broke: " + why + ".",
              .hint = "Try again."};
  }
}

/// Without control characters: part of the text comes from certificates.
std::string clean(std::string_view text) {
  std::string result(text.substr(0, 300));
  std::ranges::replace_if(result, internal::is_control, ' ');
  return result;
}

class CurlTransport final : public HttpTransport {
 public:
  explicit CurlTransport(CurlOptions options) : options_(std::move(options)) {}

  HttpOutcome send(const HttpRequest& request, std::stop_token stop) override {
    if (internal::Libcurl::load() == nullptr) return {.response = fail(no_library())};
    auto url = internal::check_request(request);
    if (!url) return {.response = fail(url.error())};
    const auto deadline = Steady::now() + request.timeout;

    bool is_first_origin = true;
    for (int redirects = 0;; ++redirects) {
      HttpOutcome outcome = attempt(request, *url, is_first_origin, deadline, stop);
      if (!outcome.response || request.method != "GET" || request.max_redirects <= 0 ||
          !is_redirect(outcome.response->status)) {
        return outcome;
      }
      const auto locations = outcome.response->all("Location");
      const auto target = locations.size() == 1 ? resolve(url->to_string(), locations.front()) : std::nullopt;
      auto next = internal::check_redirect(*url, target.value_or(""));
      if (!next) return {.sent = Sent::Yes, .response = fail(next.error())};
      if (redirects >= request.max_redirects) {
        return {.sent = Sent::Yes,
                .response = fail({.category = Category::ProviderBroken,
                                  .code = "http.too_many_redirects",
                                  .message = url->origin() + " redirects on and on.",
                                  .hint = "Configure the address it redirects to, if that is the provider's."})};
      }
      is_first_origin = is_first_origin && next->origin() == url->origin();
      url = std::move(next);
    }
  }

 private:
  HttpOutcome attempt(const HttpRequest& request, const codec::Url& url, bool is_first_origin,
                      Steady::time_point deadline, const std::stop_token& stop) const {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Steady::now());
    if (stop.stop_requested()) return {.response = fail(cancelled())};
    if (left.count() <= 0) return {.response = fail(timed_out(url.origin()))};

    Received received{.max_body_bytes = request.max_response_bytes};
    char detail[CURL_ERROR_SIZE] = {};
    const Multi multi(curl().multi_init());
    // A handle of its own per exchange: nothing can leak over from another account (CH-NT-05).
    const Easy easy(curl().easy_init());
    const List headers = header_list(request, is_first_origin);
    if (!multi || !easy) return {.response = fail(error_of(CURLE_FAILED_INIT, received, url.origin(), ""))};
    set_options(easy.get(), request, url, left, headers.get());
    curl().easy_setopt(easy.get(), CURLOPT_HEADERFUNCTION, mimir_oauth_on_header);
    curl().easy_setopt(easy.get(), CURLOPT_HEADERDATA, &received);
    curl().easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, mimir_oauth_on_body);
    curl().easy_setopt(easy.get(), CURLOPT_WRITEDATA, &received);
    curl().easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, detail);
    watch_certificates(easy.get(), received);
    if (request.outside_only && !has_proxy()) {
      curl().easy_setopt(easy.get(), CURLOPT_OPENSOCKETFUNCTION, mimir_oauth_on_socket);
      curl().easy_setopt(easy.get(), CURLOPT_OPENSOCKETDATA, &received);
    }

    const auto code = perform(multi.get(), easy.get(), received, request.finish_after_stop, stop);
    const Sent sent = how_far(easy.get(), received);
    curl().easy_getinfo(easy.get(), CURLINFO_OS_ERRNO, &received.system_error);
    curl().multi_remove_handle(multi.get(), easy.get());
    if (!code) return {.sent = sent, .response = fail(cancelled())};
    if (*code != CURLE_OK || received.status < 200) {
      const CURLcode failure = *code == CURLE_OK ? CURLE_WEIRD_SERVER_REPLY : *code;
      if (failure == CURLE_SSL_CONNECT_ERROR && received.certificate_error != X509_V_OK) {
        const std::string why = X509_verify_cert_error_string(received.certificate_error);
        return {.sent = sent, .response = fail(error_of(CURLE_PEER_FAILED_VERIFICATION, received, url.origin(), why))};
      }
      return {.sent = sent, .response = fail(error_of(failure, received, url.origin(), clean(detail)))};
    }
    return {.sent = Sent::Yes,
            .response = HttpResponse{.status = received.status,
                                     .headers = std::move(received.headers),
                                     .body = Secret(received.body.view())}};
  }

  static List header_list(const HttpRequest& request, bool is_first_origin) {
    List list;
    const auto add = [&list](const std::string& line) {
      if (curl_slist* const longer = curl().slist_append(list.get(), line.c_str())) {
        (void)list.release();
        list.reset(longer);
      }
    };
    bool has_content_type = false;
    for (const auto& [name, value] : request.headers) {
      if (!is_first_origin && internal::is_bound_to_origin(name)) continue;
      has_content_type = has_content_type || internal::equal_ignoring_case(name, "Content-Type");
      add(value.empty() ? name + ";" : name + ": " + value);  // libcurl's way to write an empty value
    }
    add("Expect:");  // waiting for 100 would cost a second with servers that do not know it
    if (!has_content_type) add("Content-Type:");
    return list;
  }

  void set_options(CURL* easy, const HttpRequest& request, const codec::Url& url, milliseconds left,
                   curl_slist* headers) const {
    const auto set = [easy](CURLoption option, auto value) { curl().easy_setopt(easy, option, value); };
    set(CURLOPT_URL, url.to_string().c_str());
    set(CURLOPT_PROTOCOLS_STR, url.is_https() ? "https" : "http");
    set(CURLOPT_FOLLOWLOCATION, 0L);  // libcurl sends the body with its tokens again on 307 and 308 (CH-NT-03)
    set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    set(CURLOPT_PATH_AS_IS, 1L);
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_HTTP09_ALLOWED, 0L);
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(CURLOPT_ACCEPT_ENCODING, "");
    set(CURLOPT_HTTPHEADER, headers);
    set(CURLOPT_USERAGENT, options_.user_agent.c_str());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L);
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));

    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));  // RFC 9325 §3.1.1
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    const char* const variable = std::getenv("SSL_CERT_FILE");
    const std::string ca_file = !options_.ca_file.empty() ? options_.ca_file : variable != nullptr ? variable : "";
    if (!ca_file.empty()) set(CURLOPT_CAINFO, ca_file.c_str());
    // libcurl takes http_proxy even for loopback (CH-NT-06); for all others its reading of the variables is the rule.
    if (internal::is_loopback(url)) set(CURLOPT_PROXY, "");

    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(left, kConnectTimeout).count()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));

    // A pooled connection that turns out dead makes libcurl send the request a second time, single-use token and all.
    set(CURLOPT_FRESH_CONNECT, 1L);
    set(CURLOPT_FORBID_REUSE, 1L);

    if (request.method == "HEAD") {
      set(CURLOPT_NOBODY, 1L);
    } else if (request.method == "POST" || !request.body.empty()) {
      set(CURLOPT_POST, 1L);
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      // Not copied, since libcurl would not wipe its copy.
      set(CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body.expose().data());
      if (request.method != "POST") set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    } else if (request.method != "GET") {
      set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
  }

  /// @param finish  how long a stop leaves alone what may have left.
  /// @returns nothing when it was stopped.
  static std::optional<CURLcode> perform(CURLM* multi, CURL* easy, const Received& received, milliseconds finish,
                                         const std::stop_token& stop) {
    if (curl().multi_add_handle(multi, easy) != CURLM_OK) return CURLE_FAILED_INIT;
    const std::stop_callback wake(stop, [multi] { curl().multi_wakeup(multi); });
    std::optional<Steady::time_point> end;
    for (int running = 1; running > 0;) {
      if (stop.stop_requested()) {
        if (!end) end = Steady::now() + finish;
        if (Steady::now() >= *end || how_far(easy, received) == Sent::No) return std::nullopt;
      }
      if (curl().multi_perform(multi, &running) != CURLM_OK) return CURLE_FAILED_INIT;
      const int patience = end ? static_cast<int>(std::clamp<long>(left_until(*end), 1, 1000)) : 1000;
      if (running > 0 && curl().multi_poll(multi, nullptr, 0, patience, nullptr) != CURLM_OK) return CURLE_FAILED_INIT;
    }
    int left = 0;
    const CURLMsg* const message = curl().multi_info_read(multi, &left);
    return message != nullptr && message->msg == CURLMSG_DONE ? message->data.result : CURLE_FAILED_INIT;
  }

  static long left_until(Steady::time_point end) {
    return static_cast<long>(std::chrono::ceil<milliseconds>(end - Steady::now()).count());
  }

  /// Before the handshakes are done nothing of the request can have left (CH-NT-09).
  static Sent how_far(CURL* easy, const Received& received) {
    if (received.status > 0) return Sent::Yes;
    curl_off_t pretransfer = 0;
    long request_bytes = 0;
    curl().easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &pretransfer);
    curl().easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    return pretransfer > 0 || request_bytes > 0 ? Sent::Maybe : Sent::No;
  }

  CurlOptions options_;
};

}  // namespace

std::unique_ptr<HttpTransport> make_curl_transport(CurlOptions options) {
  return std::make_unique<CurlTransport>(std::move(options));
}

}  // namespace mimir::oauth
