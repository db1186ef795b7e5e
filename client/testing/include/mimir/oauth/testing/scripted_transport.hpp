#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <mimir/codec/form.hpp>
#include <mimir/oauth/http_transport.hpp>

namespace mimir::oauth::testing {

/// A request as it was sent, with its form taken apart. Holds secrets in the clear: for tests only.
struct RecordedRequest {
  std::string method;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  codec::Parameters form;  ///< Of the body; empty when it is no form.
  int max_redirects = 0;

  [[nodiscard]] std::string header(const std::string& name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return {};
  }
};

/// An answer of the script.
inline HttpOutcome answer(int status, const std::string& body, const std::string& type = "application/json",
                          std::vector<std::pair<std::string, std::string>> headers = {}) {
  headers.insert(headers.begin(), {"Content-Type", type});
  return {Sent::Yes, HttpResponse{.status = status, .headers = std::move(headers), .body = Secret(body)}};
}

/// An exchange that broke.
inline HttpOutcome broken(Sent sent) {
  return {sent, fail({.category = Category::TryLater, .code = "http.broken", .message = "The connection broke."})};
}

/// Plays a script: each expectation is one request, in order, to one URL, answered by a function of the request. A
/// request that was not expected fails the test, and so does an expectation that is left over. Thread-safe.
class ScriptedTransport final : public HttpTransport {
 public:
  using Reply = std::function<HttpOutcome(const RecordedRequest&)>;

  ~ScriptedTransport() override {
    for (const auto& step : steps_) ADD_FAILURE() << "never requested: " << step.method << ' ' << step.url;
  }

  ScriptedTransport& expect(std::string method, std::string url, Reply reply) {
    const std::lock_guard lock(mutex_);
    steps_.push_back({std::move(method), std::move(url), std::move(reply)});
    return *this;
  }
  ScriptedTransport& expect(std::string method, std::string url, int status, std::string body,
                            std::string type = "application/json") {
    return expect(std::move(method), std::move(url),
                  [status, body = std::move(body), type = std::move(type)](const RecordedRequest&) {
                    return answer(status, body, type);
                  });
  }

  HttpOutcome send(const HttpRequest& request, std::stop_token) override {
    RecordedRequest recorded{.method = request.method,
                             .url = request.url,
                             .headers = request.headers,
                             .body = std::string(request.body.expose()),
                             .max_redirects = request.max_redirects};
    if (auto form = codec::Parameters::parse(recorded.body)) recorded.form = *std::move(form);
    Reply reply;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(recorded);
      if (steps_.empty() || steps_.front().method != request.method || steps_.front().url != request.url) {
        ADD_FAILURE() << "not expected: " << request.method << ' ' << request.url << "; the script wants "
                      << (steps_.empty() ? "nothing more" : steps_.front().method + ' ' + steps_.front().url);
        return broken(Sent::No);
      }
      reply = std::move(steps_.front().reply);
      steps_.pop_front();
    }
    return reply(recorded);
  }

  [[nodiscard]] std::vector<RecordedRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  struct Step {
    std::string method;
    std::string url;
    Reply reply;
  };

  mutable std::mutex mutex_;
  std::deque<Step> steps_;
  std::vector<RecordedRequest> requests_;
};

}  // namespace mimir::oauth::testing
