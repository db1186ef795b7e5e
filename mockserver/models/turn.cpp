#include "models/turn.hpp"

#include <algorithm>

#include <mimir/codec/random.hpp>

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

constexpr std::size_t kLongestPiece = 12;
constexpr std::size_t kEchoed = 2000;  // Enough to see what arrived; a long conversation is not sent back whole.

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

// At most so many bytes, and no character cut in two.
std::string_view cut_at_character(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && continues_character(text[most])) --most;
  return text.substr(0, most);
}

ModelAnswer echo_answer(const ModelRequest& request) {
  const auto said = cut_at_character(request.said, kEchoed);
  const std::string what = request.after_tool ? "the tool said" : "you said";
  return {.text = "This is " + request.model + " of a mock server; " + what + ": " + std::string(said)};
}

ModelAnswer choose_answer(Call& call, const ModelRequest& request) {
  if (auto scripted = call.realm.model_script.take(request)) return std::move(*scripted);
  if (const auto* standing = call.profile().knob("models.answers").as_array()) {
    for (const auto& item : *standing) {
      auto entry = parse_model_answer(item);
      if (entry && entry->fits(request)) return std::move(entry->answer);
    }
  }
  return echo_answer(request);
}

}  // namespace

std::string ModelTurn::whole_text() const {
  std::string whole;
  for (const auto& piece : text) whole += piece;
  return whole;
}

std::vector<std::string> pieces_of(std::string_view text) {
  std::vector<std::string> pieces;
  while (!text.empty()) {
    const auto space = text.find(' ', 1);
    const auto piece = cut_at_character(text.substr(0, space), kLongestPiece);
    pieces.emplace_back(piece);
    text.remove_prefix(piece.size());
  }
  return pieces;
}

ModelTurn take_turn(Call& call, const ModelRequest& request) {
  auto answer = choose_answer(call, request);
  ModelTurn turn{.model = request.model, .text = pieces_of(answer.text), .stop = answer.stop, .input_tokens = request.input_tokens};
  turn.output_tokens = static_cast<std::int64_t>(turn.text.size());
  if (request.max_tokens && turn.output_tokens > *request.max_tokens) {
    turn.text.resize(static_cast<std::size_t>(std::max<std::int64_t>(*request.max_tokens, 0)));
    turn.output_tokens = static_cast<std::int64_t>(turn.text.size());
    turn.stop = ModelStop::Length;
  } else {
    turn.tool_calls = std::move(answer.tool_calls);
    for (const auto& tool : turn.tool_calls) turn.output_tokens += tokens_of(tool.name) + tokens_of(tool.arguments.dump());
  }
  return turn;
}

Checked<Json> read_model_body(const Call& call) {
  auto body = Json::parse(call.request.body);
  if (!body) return refuse(Condition::ParamInvalid, "the body is not JSON: " + body.error().message);
  if (!body->is_object()) return refuse(Condition::ParamInvalid, "the body is not a JSON object");
  return std::move(*body);
}

Checked<std::string> needed_text(const Json& body, const std::string& name) {
  const Json* member = body.find(name);
  if (member == nullptr) return refuse(Condition::ParamMissing, name + ": Field required");
  const auto* text = member->as_string();
  if (text == nullptr || text->empty()) return refuse(Condition::ParamInvalid, name + ": Input should be a valid string");
  return *text;
}

Checked<const Json::Array*> needed_list(const Json& body, const std::string& name) {
  const Json* member = body.find(name);
  if (member == nullptr) return refuse(Condition::ParamMissing, name + ": Field required");
  const auto* list = member->as_array();
  if (list == nullptr || list->empty()) return refuse(Condition::ParamInvalid, name + ": Input should be a list with at least one item");
  for (std::size_t i = 0; i < list->size(); ++i) {
    if (!list->at(i).is_object()) return refuse(Condition::ParamInvalid, name + "." + std::to_string(i) + ": Input should be an object");
  }
  return list;
}

std::string text_of_content(const Json* content) {
  if (content == nullptr) return {};
  if (const auto* text = content->as_string()) return *text;
  std::string all;
  if (const auto* parts = content->as_array()) {
    for (const auto& part : *parts) all += part.string_at("text").value_or("");
  }
  return all;
}

std::int64_t tokens_of(std::string_view text) { return static_cast<std::int64_t>((text.size() + 3) / 4); }

std::string model_id(Call& call, std::string_view prefix) {
  auto id = mimir::codec::random_base64url(*call.realm.random, 18).value_or("none");
  std::replace(id.begin(), id.end(), '-', '0');
  std::replace(id.begin(), id.end(), '_', '1');
  return std::string(prefix) + id;
}

}  // namespace mockoauth::server
