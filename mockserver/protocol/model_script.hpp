#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <mimir/codec/clock.hpp>
#include <mimir/codec/json.hpp>
#include <mimir/codec/result.hpp>

namespace mockoauth::server {

/// What every model API asks for, whatever it calls the members.
struct ModelRequest {
  std::string model;
  std::string said = {};                 ///< The text of the last message.
  std::vector<std::string> tools = {};   ///< Names of those that are offered.
  bool after_tool = false;               ///< The last message brings the result of a tool.
  std::optional<std::int64_t> max_tokens = {};
  std::int64_t input_tokens = 0;
  bool stream = false;
};

struct ModelToolCall {
  std::string name;
  mimir::codec::Json arguments = mimir::codec::Json::object();
};

enum class ModelStop { End, Length, Tool, Refusal };

struct ModelAnswer {
  std::string text = {};
  std::vector<ModelToolCall> tool_calls = {};
  ModelStop stop = ModelStop::End;
};

/// An answer with the requests that it fits: all that is named has to hold.
struct ScriptedModelAnswer {
  ModelAnswer answer;
  std::string model = {};     ///< Empty: any.
  std::string contains = {};  ///< Part of what was said.
  std::optional<bool> after_tool = {};

  /// Tools that are called have to be offered: no model calls others.
  [[nodiscard]] bool fits(const ModelRequest& request) const;
};

/// Reads `{text, tool_calls: [{name, arguments}], stop: end|length|refusal, when: {model, contains, after_tool}}`. Fails
/// with `model_answer`, naming the member.
[[nodiscard]] mimir::codec::Result<ScriptedModelAnswer> parse_model_answer(const mimir::codec::Json& json);

/// What the models of a realm say next: each entry is said once, in order of addition among those that fit. Thread-safe.
class ModelScript {
 public:
  void add(ScriptedModelAnswer entry);
  [[nodiscard]] std::optional<ModelAnswer> take(const ModelRequest& request);
  [[nodiscard]] std::size_t left() const;
  void clear();

 private:
  mutable std::mutex mutex_;
  std::deque<ScriptedModelAnswer> entries_;
};

/// What the models of a realm have used up in each minute of its time. Thread-safe.
class ModelUsage {
 public:
  static constexpr std::chrono::seconds kLength{60};

  struct State {
    std::int64_t requests = 0;
    std::int64_t input_tokens = 0;
    std::int64_t output_tokens = 0;
    mimir::codec::TimePoint reset = {};  ///< When the next minute begins.
  };

  /// Adds to what was used in this minute. @returns what is used up now.
  State add(mimir::codec::TimePoint now, std::int64_t requests, std::int64_t input_tokens, std::int64_t output_tokens);
  void clear();

 private:
  std::mutex mutex_;
  State state_;
};

}  // namespace mockoauth::server
