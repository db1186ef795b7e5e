#include "internal/callback_server.hpp"

#include <sys/eventfd.h>

#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <mimir/codec/url.hpp>

#include "internal/errno_text.hpp"

namespace mimir::oauth {
namespace {

class CallbackServer final : public CallbackReceiver {
 public:
  explicit CallbackServer(const internal::CallbackLimits& limits) : limits_(limits) {}
  CallbackServer(const CallbackServer&) = delete;
  CallbackServer& operator=(const CallbackServer&) = delete;
  ~CallbackServer() override { finish(PageOutcome::Failure); }

  Result<std::string> listen(const CallbackOptions& options) override {
    if (loop_) return fail(misused("This receiver has served a login already; make one per login."));
    const auto uri = codec::Url::parse(options.redirect_uri);
    if (!uri) {
      return fail({.category = Category::Misconfigured,
                   .code = "callback.redirect_uri",
                   .message = "The redirect URI cannot be read: " + uri.error().message,
                   .hint = "Use http://127.0.0.1/callback or what was registered with the provider."});
    }
    auto listener = internal::listen_on_loopback(*uri, options.alternative_ports);
    if (!listener) return fail(listener.error());
    internal::UniqueFd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake) return fail(no_resources(errno));

    // Byte for byte what was registered, unless the port had to be filled in (RFC 6749 §4.1.3, CH-CB-24).
    const std::string redirect_uri =
        uri->explicit_port() == listener->port ? options.redirect_uri : uri->with_port(listener->port).to_string();
    loop_ = std::make_unique<internal::CallbackLoop>(std::move(*listener), std::move(wake),
                                                     CallbackSession(options, redirect_uri), limits_, events());
    try {
      thread_ = std::thread([this] { loop_->run(); });
    } catch (const std::system_error& error) {
      loop_.reset();
      return fail(no_resources(error.code().value()));
    }
    return redirect_uri;
  }

  Result<CallbackResult> wait(std::chrono::milliseconds timeout, std::stop_token stop) override {
    std::unique_lock guard(mutex_);
    if (!loop_) return fail(misused("Nothing is listening for the login's answer yet."));
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    waited_ += timeout;
    changed_.wait_until(guard, stop, deadline, [this] { return result_.has_value() || outcome_.has_value(); });
    if (result_) {
      auto result = std::move(*result_);
      result_.reset();
      return result;
    }
    if (stop.stop_requested() || outcome_) {
      return fail({.category = Category::Cancelled, .code = "cancelled", .message = "The login was cancelled."});
    }
    return fail(timed_out(waited_));
  }

  CallbackProgress progress() const override {
    const std::lock_guard guard(mutex_);
    return {.refused_requests = refused_, .saw_tls = saw_tls_};
  }

  void finish(PageOutcome outcome) override {
    const std::lock_guard one_at_a_time(finish_mutex_);
    {
      const std::lock_guard guard(mutex_);
      if (!outcome_) outcome_ = outcome;
    }
    changed_.notify_all();
    if (!thread_.joinable()) return;
    loop_->wake();
    thread_.join();  // until the browser has taken its page, a second at most (CH-CB-28)
  }

 private:
  internal::CallbackLoop::Events events() {
    return {.on_accepted =
                [this](std::optional<Result<CallbackResult>> result) {
                  const std::lock_guard guard(mutex_);
                  result_ = std::move(result);
                  changed_.notify_all();
                },
            .on_progress =
                [this](std::size_t refused, bool saw_tls) {
                  const std::lock_guard guard(mutex_);
                  refused_ = refused;
                  saw_tls_ = saw_tls;
                },
            .outcome =
                [this] {
                  const std::lock_guard guard(mutex_);
                  return outcome_;
                }};
  }

  static Error misused(std::string message) {
    return {.category = Category::Misconfigured, .code = "callback.misused", .message = std::move(message)};
  }

  static Error no_resources(int error) {
    return {.category = Category::LocalEnvironment,
            .code = "callback.no_resources",
            .message = "The listener for the login's answer cannot start: " + internal::errno_text(error) + ".",
            .hint = "Close other programs or raise the limit on open files and processes."};
  }

  [[nodiscard]] Error timed_out(std::chrono::milliseconds timeout) const {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout).count();
    std::string message = "No answer from the browser came within " + std::to_string(seconds) + " seconds.";
    if (refused_ > 0) message += " " + std::to_string(refused_) + " requests that did not belong to this login were refused.";
    Error error{.category = Category::Cancelled,
                .code = "callback.timeout",
                .message = std::move(message),
                .hint = "Start the login again and finish it in the browser; check that the browser runs on this machine."};
    if (saw_tls_) {
      error.message += " The browser tried to speak TLS to the listener.";
      error.hint = "Switch off the browser's HTTPS-only mode for 127.0.0.1, or use a redirect URI with 127.0.0.1.";
    }
    return error;
  }

  const internal::CallbackLimits limits_;
  std::unique_ptr<internal::CallbackLoop> loop_;
  std::thread thread_;
  std::mutex finish_mutex_;

  mutable std::mutex mutex_;
  std::chrono::milliseconds waited_{0};  ///< By all calls of wait().
  std::condition_variable_any changed_;
  std::optional<Result<CallbackResult>> result_;
  std::optional<PageOutcome> outcome_;
  std::size_t refused_ = 0;
  bool saw_tls_ = false;
};

class CallbackServerFactory final : public CallbackReceiverFactory {
 public:
  std::unique_ptr<CallbackReceiver> create() override { return internal::make_callback_server({}); }
};

}  // namespace

std::unique_ptr<CallbackReceiver> internal::make_callback_server(const CallbackLimits& limits) {
  return std::make_unique<CallbackServer>(limits);
}

std::unique_ptr<CallbackReceiverFactory> make_callback_server_factory() {
  return std::make_unique<CallbackServerFactory>();
}

}  // namespace mimir::oauth
