#include <mimir/oauth/pasted_callback.hpp>

#include <mutex>
#include <string>
#include <thread>

#include <mimir/codec/url.hpp>
#include <mimir/oauth/callback_session.hpp>

#include "internal/pasted_request.hpp"

namespace mimir::oauth {
namespace {

class RacingReceiver final : public CallbackReceiver {
 public:
  RacingReceiver(std::unique_ptr<CallbackReceiver> listener, PasteSource& paste,
                 const std::function<void(PasteNotice)>& notify)
      : listener_(std::move(listener)), paste_(paste), notify_(notify) {}

  Result<std::string> listen(const CallbackOptions& options) override {
    auto uri = listener_->listen(options);
    if (!uri) return uri;
    redirect_uri_ = *uri;
    session_.emplace(options, redirect_uri_);
    return uri;
  }

  Result<CallbackResult> wait(std::chrono::milliseconds timeout, std::stop_token stop) override {
    if (!session_) return listener_->wait(timeout, std::move(stop));
    std::stop_source race;  // over when one has won, or when the caller stops
    const std::stop_callback forward(stop, [&race] { race.request_stop(); });
    std::optional<Result<CallbackResult>> pasted;
    std::thread reader;
    try {
      reader = std::thread([this, &race, &pasted] { pasted = read_pastes(race); });
    } catch (const std::system_error&) {
      return listener_->wait(timeout, std::move(stop));  // no thread to be had: the listener alone will do
    }
    auto heard = listener_->wait(timeout, race.get_token());
    race.request_stop();
    reader.join();
    // Both may have come through at the same moment; each passed the same checks, and only one is used.
    return pasted ? *std::move(pasted) : std::move(heard);
  }

  CallbackProgress progress() const override { return listener_->progress(); }
  void finish(PageOutcome outcome) override { listener_->finish(outcome); }

 private:
  std::optional<Result<CallbackResult>> read_pastes(std::stop_source& race) {
    while (auto line = paste_.read_line(race.get_token())) {
      const auto request = internal::request_of_paste(line->expose(), redirect_uri_);
      if (!request) {
        tell(PasteNotice::NotAResponse);
        continue;
      }
      if (!session_->receive(request->expose()).accepted) {
        tell(PasteNotice::AnotherLogin);
        continue;
      }
      tell(PasteNotice::Accepted);
      race.request_stop();
      auto result = session_->result();
      if (result && *result) (*result)->pasted = true;
      return result;
    }
    return std::nullopt;
  }

  void tell(PasteNotice notice) const {
    if (notify_) notify_(notice);
  }

  std::unique_ptr<CallbackReceiver> listener_;
  PasteSource& paste_;
  const std::function<void(PasteNotice)>& notify_;
  std::string redirect_uri_;
  std::optional<CallbackSession> session_;
};

class RacingFactory final : public CallbackReceiverFactory {
 public:
  RacingFactory(CallbackReceiverFactory& listener, PasteSource& paste, std::function<void(PasteNotice)> notify)
      : listener_(listener), paste_(paste), notify_(std::move(notify)) {}

  std::unique_ptr<CallbackReceiver> create() override {
    return std::make_unique<RacingReceiver>(listener_.create(), paste_, notify_);
  }

 private:
  CallbackReceiverFactory& listener_;
  PasteSource& paste_;
  const std::function<void(PasteNotice)> notify_;
};

}  // namespace

std::unique_ptr<CallbackReceiverFactory> make_racing_callback_factory(CallbackReceiverFactory& listener,
                                                                      PasteSource& paste,
                                                                      std::function<void(PasteNotice)> notify) {
  return std::make_unique<RacingFactory>(listener, paste, std::move(notify));
}

}  // namespace mimir::oauth
