#include "models/stream.hpp"

#include <algorithm>
#include <optional>

namespace mockoauth::server {
namespace {

// When the token stops being good, if ever.
std::optional<TimePoint> end_of_token(const AccessToken& token) {
  if (token.expires_at && token.revoked_at) return std::min(*token.expires_at, *token.revoked_at);
  return token.expires_at ? token.expires_at : token.revoked_at;
}

// How many events go out before that: the first at once, the last when the stream's time is over.
std::size_t sent_before(std::size_t events, std::chrono::seconds takes, std::chrono::milliseconds left) {
  if (events < 2 || left > takes) return events;
  const auto gaps = static_cast<std::int64_t>(events - 1);
  const auto length = std::chrono::milliseconds(takes).count();
  // Event i goes out at i * length / gaps; those strictly before the end count.
  return static_cast<std::size_t>((left.count() * gaps + length - 1) / length);
}

}  // namespace

std::string sse_event(std::string_view name, const mimir::codec::Json& data) {
  std::string text;
  if (!name.empty()) text.append("event: ").append(name).append("\n");
  return text.append("data: ").append(data.dump()).append("\n\n");
}

HttpResponse stream_answer(Call& call, const ModelApi& api, const BearerAccess& access, const ModelTurn& turn,
                           const std::vector<std::string>& events, std::string (*last)(const ModelError&), const StreamForm& form) {
  HttpResponse response{200, {{"Content-Type", form.content_type}, {"Cache-Control", "no-cache"}}, form.before};
  const std::chrono::seconds takes(call.profile().number("models.stream_s"));
  const auto end = end_of_token(access.token);
  const bool is_cut = end && takes.count() > 0 && *end <= call.now + takes;
  const auto count = is_cut ? sent_before(events.size(), takes, std::chrono::duration_cast<std::chrono::milliseconds>(*end - call.now)) : events.size();
  const auto put = [&](const std::string& event, bool first) { response.body.append(first ? "" : form.between).append(event); };
  for (std::size_t i = 0; i < count; ++i) put(events[i], i == 0);
  if (is_cut) {
    const bool expired = access.token.expires_at == end;
    const auto error = model_error(call, api, {.condition = expired ? Condition::TokenExpired : Condition::TokenInvalid,
                                               .detail = "the access token ended while the answer was streamed"});
    if (const auto event = last(error); !event.empty()) put(event, count == 0);
  }
  response.body += form.after;
  add_model_headers(call, api, response, is_cut ? 0 : turn.output_tokens);
  return response;
}

}  // namespace mockoauth::server
