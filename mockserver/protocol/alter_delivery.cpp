#include "protocol/alter_delivery.hpp"

#include <utility>

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

constexpr int kUnavailable = 503;

}  // namespace

void alter_delivery(Call& call, std::string words, void (*change)(Delivery&, const Json&), const Json& arguments) {
  if (!call.answer) call.answer = HttpResponse{.status = kUnavailable};
  if (!call.delivery) call.delivery.emplace();
  change(*call.delivery, arguments);
  auto& told = call.exchange.delivery;
  told += (told.empty() ? "" : ", ") + std::move(words);
}

void lose_answer(Call& call, std::string words) {
  const auto lose = [](Delivery& delivery, const Json&) {
    delivery.place = Delivery::Place::BeforeAnswer;
    delivery.then = Delivery::Then::Reset;
  };
  alter_delivery(call, std::move(words), lose, Json());
}

void delay_answer(Call& call, std::chrono::milliseconds late) {
  const auto delay = [](Delivery& delivery, const Json& ms) { delivery.delay += std::chrono::milliseconds(ms.as_int().value_or(0)); };
  alter_delivery(call, "delayed by " + std::to_string(late.count()) + " ms", delay, Json(static_cast<std::int64_t>(late.count())));
}

std::vector<Phase> delivery_phases() { return {Phase::BeforeValidation, Phase::AfterCommit}; }

FaultArgument place_argument() {
  return {.name = "at",
          .meaning = "Where in the answer; before_answer when left out.",
          .choices = {"before_answer", "mid_headers", "mid_body", "after_answer"}};
}

Delivery::Place place_of(const Json& arguments) {
  return parse_delivery_place(arguments.string_at("at").value_or("")).value_or(Delivery::Place::BeforeAnswer);
}

FaultArgument milliseconds_argument(std::string name, std::string meaning, bool required) {
  return {.name = std::move(name), .kind = ArgumentKind::Number, .meaning = std::move(meaning), .required = required,
          .least = 1, .most = 600'000};
}

}  // namespace mockoauth::server
