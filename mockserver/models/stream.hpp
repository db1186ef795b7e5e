#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/api.hpp"

namespace mockoauth::server {

/// How the events of an API stand in its stream.
struct StreamForm {
  std::string content_type = "text/event-stream; charset=utf-8";
  std::string before = {};   ///< All events.
  std::string between = {};
  std::string after = {};
};

/// `event: NAME` and `data: JSON`, ended by an empty line (WHATWG HTML §9.2.6). Without a name only the data.
[[nodiscard]] std::string sse_event(std::string_view name, const mimir::codec::Json& data);

/// Answers with a stream that takes the knob `models.stream_s` of the realm's time, its events evenly spread. A token
/// that ends before the stream does cuts it off there.
/// @param last the event that then tells so; empty: the stream just ends.
[[nodiscard]] HttpResponse stream_answer(Call& call, const ModelApi& api, const BearerAccess& access, const ModelTurn& turn,
                                         const std::vector<std::string>& events, std::string (*last)(const ModelError&),
                                         const StreamForm& form = {});

}  // namespace mockoauth::server
