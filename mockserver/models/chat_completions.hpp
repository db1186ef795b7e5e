#pragma once

#include "models/stream.hpp"

namespace mockoauth::server {

/// What vendors of the Chat Completions format do differently.
struct ChatDialect {
  const ModelApi& api;
  bool always_tells_usage = false;  ///< In a stream, whatever `stream_options` say.
  bool has_service_tier = false;
  std::string_view fingerprint = {};
  /// Adds the vendor's own counts to the usage; null: none.
  void (*add_usage)(mimir::codec::Json& usage, const ModelTurn& turn) = nullptr;
};

/// POST of the Chat Completions format, whole or as a stream.
[[nodiscard]] Outcome complete_chat(Call& call, const ChatDialect& dialect);

/// An error as that format has it, and as the last event of a stream.
[[nodiscard]] mimir::codec::Json chat_error_body(const ModelError& error);
[[nodiscard]] std::string chat_error_event(const ModelError& error);

/// `{object: list, data: [...]}` and one of it; a model that is not there is refused.
[[nodiscard]] Outcome list_chat_models(Call& call, const ModelApi& api, std::string_view owner, std::initializer_list<const char*> usual);
[[nodiscard]] Outcome show_chat_model(Call& call, const ModelApi& api, std::string_view owner, std::initializer_list<const char*> usual,
                                      std::string_view path);

}  // namespace mockoauth::server
