// The seams of the library with a trace around them.
#include <algorithm>
#include <array>

#include <mimir/oauth/trace.hpp>

#include "internal/ascii.hpp"

namespace mimir::oauth {
namespace {

/// CH-LG-03: what says how an exchange went and nothing of what was exchanged. Everything else is left out, whatever it is
/// called.
constexpr std::array<std::string_view, 13> kHarmlessHeaders = {
    "accept", "age", "cache-control", "content-encoding", "content-length", "content-type", "date", "expires", "retry-after",
    "server", "transfer-encoding", "user-agent", "vary"};

void add_headers(std::vector<TraceField>& fields, const std::vector<std::pair<std::string, std::string>>& headers) {
  for (const auto& [name, value] : headers) {
    for (const auto harmless : kHarmlessHeaders) {
      if (internal::equal_ignoring_case(name, harmless)) fields.emplace_back("header." + std::string(harmless), value);
    }
  }
}

std::string_view word_for_sent(Sent sent) {
  return sent == Sent::No ? "no" : sent == Sent::Maybe ? "maybe" : "yes";
}

class TracedTransport final : public HttpTransport {
 public:
  TracedTransport(HttpTransport& next, TraceSink& trace) : next_(next), trace_(trace) {}

  HttpOutcome send(const HttpRequest& request, std::stop_token stop) override {
    std::vector<TraceField> fields{{"method", request.method}, TraceField::address("url", request.url),
                                   {"body_bytes", request.body.size()}};
    add_headers(fields, request.headers);
    trace_.record("http.request", fields);
    const auto start = std::chrono::steady_clock::now();
    auto outcome = next_.send(request, std::move(stop));
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    fields = {TraceField::address("url", request.url), {"milliseconds", took}};
    if (outcome.response) {
      fields.emplace_back("status", outcome.response->status);
      fields.emplace_back("body_bytes", outcome.response->body.size());
      add_headers(fields, outcome.response->headers);
    } else {
      fields.emplace_back("failed", outcome.response.error().code);
      fields.emplace_back("sent", word_for_sent(outcome.sent));
    }
    trace_.record("http.response", fields);
    return outcome;
  }

 private:
  HttpTransport& next_;
  TraceSink& trace_;
};

class TracedStorage final : public TokenStorage {
 public:
  TracedStorage(TokenStorage& next, TraceSink& trace) : next_(next), trace_(trace) {}

  Result<> probe() override {
    auto usable = next_.probe();
    tell("storage.probe", {}, usable);
    return usable;
  }
  Result<std::optional<StoredLogin>> load(const std::string& provider) override {
    auto login = next_.load(provider);
    std::vector<TraceField> fields{{"provider", provider}};
    if (login && *login) add_tokens(fields, (*login)->tokens);
    if (login && *login) fields.emplace_back("generation", (*login)->generation);
    tell("storage.load", std::move(fields), login);
    return login;
  }
  Result<std::uint64_t> store(const std::string& provider, const StoredLogin& login,
                              std::uint64_t expected_generation) override {
    std::vector<TraceField> fields{{"provider", provider}, {"replaces_generation", expected_generation}};
    add_tokens(fields, login.tokens);
    auto generation = next_.store(provider, login, expected_generation);
    tell("storage.store", std::move(fields), generation);
    return generation;
  }
  Result<> erase(const std::string& provider) override {
    auto erased = next_.erase(provider);
    tell("storage.erase", {{"provider", provider}}, erased);
    return erased;
  }
  Result<std::vector<std::string>> providers() override { return next_.providers(); }
  Result<std::unique_ptr<Lock>> lock(const std::string& provider, std::chrono::milliseconds timeout,
                                     std::stop_token stop) override {
    auto held = next_.lock(provider, timeout, std::move(stop));
    tell("storage.lock", {{"provider", provider}}, held);
    return held;
  }
  Result<std::string> read_note(const std::string& provider) override { return next_.read_note(provider); }
  Result<> write_note(const std::string& provider, const std::string& text) override {
    return next_.write_note(provider, text);
  }
  std::string description() const override { return next_.description(); }

 private:
  static void add_tokens(std::vector<TraceField>& fields, const OAuthTokens& tokens) {
    fields.emplace_back("access_token", tokens.access_token);
    if (tokens.refresh_token) fields.emplace_back("refresh_token", *tokens.refresh_token);
  }

  template <class T>
  void tell(std::string_view event, std::vector<TraceField> fields, const Result<T>& result) {
    if (!result) fields.emplace_back("failed", result.error().code);
    trace_.record(event, fields);
  }

  TokenStorage& next_;
  TraceSink& trace_;
};

}  // namespace

std::unique_ptr<HttpTransport> make_traced_transport(HttpTransport& next, TraceSink& trace) {
  return std::make_unique<TracedTransport>(next, trace);
}

std::unique_ptr<TokenStorage> make_traced_storage(TokenStorage& next, TraceSink& trace) {
  return std::make_unique<TracedStorage>(next, trace);
}

}  // namespace mimir::oauth
