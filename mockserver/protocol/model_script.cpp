#include "protocol/model_script.hpp"

#include <algorithm>

#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

tl::unexpected<mimir::codec::Error> bad_answer(std::string sentence) {
  return mimir::codec::fail("model_answer", std::move(sentence));
}

mimir::codec::Result<> only_members(const Json& json, const std::vector<std::string>& known, const std::string& where) {
  for (const auto& [name, value] : *json.as_object()) {
    if (!contains(known, name)) return bad_answer(where + " has the unknown member `" + name.substr(0, 40) + "`");
  }
  return {};
}

mimir::codec::Result<ModelToolCall> parse_tool_call(const Json& json, std::size_t number) {
  const auto where = "tool_calls/" + std::to_string(number);
  if (!json.is_object()) return bad_answer(where + " is no object");
  if (auto checked = only_members(json, {"name", "arguments"}, where); !checked) return tl::unexpected(checked.error());
  ModelToolCall call{json.string_at("name").value_or("")};
  if (call.name.empty()) return bad_answer(where + "/name is needed");
  if (const Json* arguments = json.find("arguments")) {
    if (!arguments->is_object()) return bad_answer(where + "/arguments is no object");
    call.arguments = *arguments;
  }
  return call;
}

mimir::codec::Result<> read_when(const Json& when, ScriptedModelAnswer& entry) {
  if (!when.is_object()) return bad_answer("when is no object");
  if (auto checked = only_members(when, {"model", "contains", "after_tool"}, "when"); !checked) return checked;
  for (const auto& [name, text] : {std::pair<const char*, std::string*>{"model", &entry.model}, {"contains", &entry.contains}}) {
    const Json* value = when.find(name);
    if (value == nullptr) continue;
    if (!value->is_string()) return bad_answer("when/" + std::string(name) + " is no text");
    *text = *value->as_string();
  }
  if (const Json* after_tool = when.find("after_tool")) {
    if (!after_tool->is_bool()) return bad_answer("when/after_tool is neither true nor false");
    entry.after_tool = after_tool->as_bool();
  }
  return {};
}

}  // namespace

bool ScriptedModelAnswer::fits(const ModelRequest& request) const {
  if (!model.empty() && model != request.model) return false;
  if (request.said.find(contains) == std::string::npos) return false;
  if (after_tool && *after_tool != request.after_tool) return false;
  return std::all_of(answer.tool_calls.begin(), answer.tool_calls.end(),
                     [&](const auto& call) { return server::contains(request.tools, call.name); });
}

mimir::codec::Result<ScriptedModelAnswer> parse_model_answer(const Json& json) {
  if (!json.is_object()) return bad_answer("the answer of a model is an object");
  if (auto checked = only_members(json, {"text", "tool_calls", "stop", "when"}, "the answer"); !checked) {
    return tl::unexpected(checked.error());
  }
  ScriptedModelAnswer entry;
  if (const Json* text = json.find("text")) {
    if (!text->is_string()) return bad_answer("text is no text");
    entry.answer.text = *text->as_string();
  }
  if (const Json* calls = json.find("tool_calls")) {
    if (!calls->is_array()) return bad_answer("tool_calls is no list");
    for (const auto& item : *calls->as_array()) {
      auto call = parse_tool_call(item, entry.answer.tool_calls.size());
      if (!call) return tl::unexpected(call.error());
      entry.answer.tool_calls.push_back(std::move(*call));
    }
    if (!entry.answer.tool_calls.empty()) entry.answer.stop = ModelStop::Tool;
  }
  if (const Json* stop = json.find("stop")) {
    const auto word = stop->is_string() ? *stop->as_string() : std::string();
    if (word != "end" && word != "length" && word != "refusal") return bad_answer("stop is none of end, length, refusal");
    if (word == "length") entry.answer.stop = ModelStop::Length;
    if (word == "refusal") entry.answer.stop = ModelStop::Refusal;
  }
  if (const Json* when = json.find("when")) {
    if (auto read = read_when(*when, entry); !read) return tl::unexpected(read.error());
  }
  if (entry.answer.text.empty() && entry.answer.tool_calls.empty() && entry.answer.stop != ModelStop::Refusal) {
    return bad_answer("the answer says nothing: it needs text or tool_calls");
  }
  return entry;
}

void ModelScript::add(ScriptedModelAnswer entry) {
  const std::lock_guard lock(mutex_);
  entries_.push_back(std::move(entry));
}

std::optional<ModelAnswer> ModelScript::take(const ModelRequest& request) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) { return entry.fits(request); });
  if (found == entries_.end()) return std::nullopt;
  auto answer = std::move(found->answer);
  entries_.erase(found);
  return answer;
}

std::size_t ModelScript::left() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

void ModelScript::clear() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
}

ModelUsage::State ModelUsage::add(mimir::codec::TimePoint now, std::int64_t requests, std::int64_t input_tokens,
                                  std::int64_t output_tokens) {
  const std::lock_guard lock(mutex_);
  if (now >= state_.reset || now < state_.reset - kLength) {
    state_ = {};
    state_.reset = std::chrono::floor<std::chrono::minutes>(now) + kLength;
  }
  state_.requests += requests;
  state_.input_tokens += input_tokens;
  state_.output_tokens += output_tokens;
  return state_;
}

void ModelUsage::clear() {
  const std::lock_guard lock(mutex_);
  state_ = {};
}

}  // namespace mockoauth::server
