#include "yaml_builder.hpp"

#include <algorithm>
#include <utility>

#include "scalar.hpp"

namespace mockoauth::document {
namespace {

using mimir::codec::Json;

constexpr std::size_t kMaxCopiedNodes = 10'000;
// A long name above many small values would make the table of places far larger than the file.
constexpr std::size_t kMaxPointerBytes = 32 * 1024 * 1024;

}  // namespace

bool YamlBuilder::fail(Place place, std::string message) {
  error_ = DataFileError{document_.file, place.line, place.column, frames_.empty() ? "" : frames_.back().pointer,
                         std::move(message)};
  return false;
}

bool YamlBuilder::refuse_name(Place place, std::string message) {
  name_refused_ = true;
  return fail(place, std::move(message));
}

bool YamlBuilder::take_key(Place place, const Json& key) {
  const std::string* name = key.as_string();
  if (name == nullptr) return refuse_name(place, "a member's name must be a string; put it in quotes");
  Frame& frame = frames_.back();
  const auto [first, is_new] = frame.seen.try_emplace(*name, place.line);
  if (!is_new) {
    return fail(place, "member " + in_quotes(*name) + " is there twice, first in line " + std::to_string(first->second));
  }
  frame.key = *name;
  frame.key_place = place;
  return true;
}

std::optional<std::string> YamlBuilder::next_pointer(Place place) {
  if (frames_.empty()) return std::string();
  const Frame& frame = frames_.back();
  const std::string token =
      frame.is_map ? mimir::codec::json_pointer_escape(*frame.key) : std::to_string(frame.items.size());
  // Checked before the string is made: this is what bounds the memory.
  if (pointer_bytes_ + frame.pointer.size() + token.size() > kMaxPointerBytes) {
    fail(place, "too many values below too long names");
    return std::nullopt;
  }
  return frame.pointer + "/" + token;
}

void YamlBuilder::remember(const std::string& pointer, Place place) {
  pointer_bytes_ += 2 * pointer.size();
  document_.places.emplace(pointer, place);
  if (!frames_.empty() && frames_.back().is_map) document_.key_places.emplace(pointer, frames_.back().key_place);
}

bool YamlBuilder::add(Json value, std::size_t nodes, std::size_t height) {
  if (frames_.empty()) {
    document_.value = std::move(value);
    return true;
  }
  Frame& frame = frames_.back();
  frame.nodes += nodes;
  frame.height = std::max(frame.height, height + 1);
  if (frame.is_map) {
    frame.members.emplace_back(std::move(*frame.key), std::move(value));
    frame.key.reset();
  } else {
    frame.items.push_back(std::move(value));
  }
  return true;
}

bool YamlBuilder::scalar(Place place, std::string_view tag, const std::string& text, Anchor anchor) {
  auto value = resolve_scalar(tag, text);
  if (!value) return fail(place, value.error());
  if (anchor != 0) anchored_[anchor] = {*value, 1, 0};
  if (wants_key()) return take_key(place, *value);
  const auto pointer = next_pointer(place);
  if (!pointer) return false;
  remember(*pointer, place);
  return add(std::move(*value), 1, 0);
}

bool YamlBuilder::open(Place place, std::string_view tag, bool is_map, Anchor anchor) {
  if (wants_key()) return refuse_name(place, "a member's name must be a string, not a list or a mapping");
  if (!is_collection_tag(tag, is_map ? "map" : "seq")) {
    return fail(place, "the tag " + in_quotes(tag) + " is not understood here");
  }
  if (frames_.size() >= kMaxDepth) return fail(place, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
  auto pointer = next_pointer(place);
  if (!pointer) return false;
  remember(*pointer, place);
  if (anchor != 0) anchored_.erase(anchor);
  frames_.push_back({is_map, anchor, place, std::move(*pointer)});
  return true;
}

bool YamlBuilder::close() {
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  Json value = frame.is_map ? Json(std::move(frame.members)) : Json(std::move(frame.items));
  if (frame.anchor != 0) anchored_[frame.anchor] = {value, frame.nodes, frame.height};
  return add(std::move(value), frame.nodes, frame.height);
}

bool YamlBuilder::alias(Place place, Anchor anchor) {
  const auto found = anchored_.find(anchor);
  if (found == anchored_.end()) return fail(place, "an alias may not stand inside of what it repeats");
  const Anchored& anchored = found->second;
  if (wants_key()) return take_key(place, anchored.value);
  // YAML 1.2.2 §3.2.2.2 lets an alias repeat a value that holds aliases; ten lines of that fill any memory.
  copied_nodes_ += anchored.nodes;
  if (copied_nodes_ > kMaxCopiedNodes) {
    return fail(place, "aliases multiply this to more than " + std::to_string(kMaxCopiedNodes) + " values");
  }
  if (frames_.size() + anchored.height > kMaxDepth) {
    return fail(place, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
  }
  const auto pointer = next_pointer(place);
  if (!pointer) return false;
  remember(*pointer, place);  // What is inside has no place of its own: the alias is the place.
  return add(anchored.value, anchored.nodes, anchored.height);
}

}  // namespace mockoauth::document
