#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/call.hpp"
#include "protocol/model_script.hpp"

namespace mockoauth::server {

/// What a model says to one request, cut into the pieces that a stream sends.
struct ModelTurn {
  std::string model;
  std::vector<std::string> text = {};  ///< One piece, one token.
  std::vector<ModelToolCall> tool_calls = {};
  ModelStop stop = ModelStop::End;
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;

  [[nodiscard]] std::string whole_text() const;
};

/// The next scripted answer that fits, else one of the knob `models.answers`, else an echo of what was said; cut off
/// where `max_tokens` ends it. The same request gets the same answer.
[[nodiscard]] ModelTurn take_turn(Call& call, const ModelRequest& request);

/// Cuts a text between words, and long words into pieces of whole characters.
[[nodiscard]] std::vector<std::string> pieces_of(std::string_view text);

/// The body as a JSON object, or the refusal that says what is wrong with it.
[[nodiscard]] Checked<mimir::codec::Json> read_model_body(const Call& call);

/// The member as text, or the refusal `param_missing` that names it.
[[nodiscard]] Checked<std::string> needed_text(const mimir::codec::Json& body, const std::string& name);
/// The same for a list with something in it.
[[nodiscard]] Checked<const mimir::codec::Json::Array*> needed_list(const mimir::codec::Json& body, const std::string& name);

/// A content that is text, or a list of parts with a `text` each.
[[nodiscard]] std::string text_of_content(const mimir::codec::Json* content);

/// How many tokens an input of that size counts as: four bytes each.
[[nodiscard]] std::int64_t tokens_of(std::string_view text);

/// An id as the vendors make them: letters and digits after the prefix.
[[nodiscard]] std::string model_id(Call& call, std::string_view prefix);

}  // namespace mockoauth::server
