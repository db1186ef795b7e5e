#pragma once

#include <sys/mman.h>

#include <atomic>
#include <charconv>
#include <new>
#include <string>

#include <mimir/codec/form.hpp>
#include <mimir/codec/json.hpp>
#include <mimir/oauth/http_transport.hpp>
#include <mimir/oauth/testing/scripted_transport.hpp>

namespace mimir::oauth::testing {

/// A provider that rotates refresh tokens and takes a second use of one for theft: the whole family dies (RFC 9700
/// §4.14.2). Its memory is shared with forked processes, so that it outlives a client that is killed.
class RotatingServer final : public HttpTransport {
 public:
  struct Shared {
    std::atomic<int> current{1};       ///< The refresh token that is good is `refresh-<current>`.
    std::atomic<int> requests{0};      ///< Refreshes asked for.
    std::atomic<bool> revoked{false};
  };

  /// @param grace  whether the token before the current one still gives the current one, as lenient providers do.
  explicit RotatingServer(bool grace) : grace_(grace) {
    void* const memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    shared_ = new (memory) Shared;
  }
  RotatingServer(const RotatingServer&) = delete;
  RotatingServer& operator=(const RotatingServer&) = delete;
  ~RotatingServer() override { ::munmap(shared_, sizeof(Shared)); }

  [[nodiscard]] int current() const { return shared_->current; }
  [[nodiscard]] int requests() const { return shared_->requests; }
  [[nodiscard]] bool revoked() const { return shared_->revoked; }

  HttpOutcome send(const HttpRequest& request, std::stop_token) override {
    if (request.method == "GET") {
      return answer(200, codec::Json::object({{"issuer", "https://as.example"},
                                              {"authorization_endpoint", "https://as.example/authorize"},
                                              {"token_endpoint", "https://as.example/token"},
                                              {"revocation_endpoint", "https://as.example/revoke"}})
                             .dump());
    }
    if (request.url == "https://as.example/revoke") {  // RFC 7009 §2.1: of one token, the whole grant
      shared_->revoked = true;
      return answer(200, "");
    }
    ++shared_->requests;
    const auto form = codec::Parameters::parse(request.body.expose());
    const std::string token = form ? std::string(form->one("refresh_token").value_or("")) : "";
    int number = 0;
    if (token.starts_with("refresh-")) std::from_chars(token.data() + 8, token.data() + token.size(), number);
    int expected = number;
    const bool is_current = !shared_->revoked && shared_->current.compare_exchange_strong(expected, number + 1);
    const bool is_in_grace = !is_current && grace_ && !shared_->revoked && expected == number + 1;
    if (!is_current && !is_in_grace) {
      shared_->revoked = true;
      return answer(400, R"({"error":"invalid_grant"})");
    }
    const auto next = std::to_string(number + 1);
    return answer(200, R"({"access_token":"access-)" + next + R"(","token_type":"Bearer","expires_in":3600,)" +
                           R"("refresh_token":"refresh-)" + next + "\"}");
  }

 private:
  bool grace_;
  Shared* shared_;
};

}  // namespace mimir::oauth::testing
