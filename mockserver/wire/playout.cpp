#include "wire/playout.hpp"

#include <algorithm>
#include <string_view>

namespace mockoauth::wire {
namespace {

using server::Delivery;

constexpr std::string_view kEndOfHead = "\r\n\r\n";

std::size_t length_of_head(std::string_view bytes) {
  const auto end = bytes.find(kEndOfHead);
  return end == std::string_view::npos ? bytes.size() : end + kEndOfHead.size();
}

// Within a line: a client must not be able to take what it got for a whole field.
std::size_t mid_headers(std::string_view bytes, std::size_t head) {
  auto at = head / 2;
  while (at > 1 && (bytes[at] == '\r' || bytes[at] == '\n' || bytes[at - 1] == '\n')) --at;
  return at;
}

std::size_t position_of(Delivery::Place place, std::string_view bytes) {
  const auto head = length_of_head(bytes);
  switch (place) {
    case Delivery::Place::BeforeAnswer: return 0;
    case Delivery::Place::MidHeaders: return mid_headers(bytes, head);
    case Delivery::Place::MidBody: return head + (bytes.size() - head) / 2;
    case Delivery::Place::AfterAnswer: break;
  }
  return bytes.size();
}

}  // namespace

Playout::Playout(const server::HttpResponse& response, const Delivery& delivery, ReplyFrame frame, std::time_t now)
    : delivery_(delivery), then_(delivery.then) {
  frame.framing = delivery_.framing ? &*delivery_.framing : nullptr;
  bytes_ = delivery_.raw ? *delivery_.raw : write_response(response, frame, now) + delivery_.tail;
  cut_ = then_ != Delivery::Then::GoOn && delivery_.place != Delivery::Place::AfterAnswer;
  if (cut_) bytes_.resize(position_of(delivery_.place, bytes_));
  // Behind bytes that are no HTTP, or whose end is not where it was said, no other answer can be understood.
  const bool lost = delivery_.raw || delivery_.framing || !delivery_.tail.empty() || !delivery_.endless.empty();
  if (then_ == Delivery::Then::GoOn && (frame.close || lost)) then_ = Delivery::Then::Close;
}

std::optional<Playout::Piece> Playout::next() {
  const auto wait = first_ ? delivery_.delay : delivery_.piece_pause;
  if (sent_ < bytes_.size()) {
    const auto left = bytes_.size() - sent_;
    const auto size = delivery_.piece_bytes == 0 ? left : std::min(left, delivery_.piece_bytes);
    Piece piece{bytes_.substr(sent_, size), wait};
    sent_ += size;
    first_ = false;
    return piece;
  }
  if (first_ && delivery_.delay.count() > 0) {  // Nothing is sent, but later.
    first_ = false;
    return Piece{{}, wait};
  }
  const auto& filler = delivery_.endless;
  if (cut_ || filler.empty() || endless_sent_ >= delivery_.endless_bytes) return std::nullopt;
  endless_sent_ += filler.size();
  return Piece{filler, delivery_.endless_pause};
}

}  // namespace mockoauth::wire
