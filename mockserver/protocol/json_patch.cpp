#include "protocol/json_patch.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace mockoauth::server {
namespace {

using mimir::codec::Expected;
using mimir::codec::fail;
using mimir::codec::Json;
using mimir::codec::Result;
using Tokens = std::vector<std::string>;

constexpr std::size_t kMostDepth = 128;
constexpr std::size_t kMostCopied = 1024 * 1024;  // By one patch: each copy may double the document.

tl::unexpected<PatchProblem> patch_problem(std::string pointer, std::string message) {
  return tl::unexpected<PatchProblem>(PatchProblem{std::move(pointer), std::move(message)});
}

// RFC 6901 §3, §4. Nothing: it is no pointer.
std::optional<Tokens> read_pointer(std::string_view text) {
  Tokens tokens;
  if (text.empty()) return tokens;
  if (text.front() != '/') return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '/') {
      tokens.emplace_back();
    } else if (text[i] != '~') {
      tokens.back() += text[i];
    } else {
      ++i;
      if (i == text.size() || (text[i] != '0' && text[i] != '1')) return std::nullopt;
      tokens.back() += text[i] == '0' ? '~' : '/';
    }
  }
  return tokens;
}

std::string pointer_text(const Tokens& tokens) {
  std::string text;
  for (const auto& token : tokens) text += "/" + mimir::codec::json_pointer_escape(token);
  return text.substr(0, 200);
}

// RFC 6901 §4: no leading zeros. Nothing: it is none below `end`.
std::optional<std::size_t> read_index(const std::string& token, std::size_t end) {
  constexpr std::size_t kLongest = 9;
  if (token.empty() || token.size() > kLongest || (token.size() > 1 && token.front() == '0')) return std::nullopt;
  std::size_t index = 0;
  for (const char c : token) {
    if (c < '0' || c > '9') return std::nullopt;
    index = index * 10 + static_cast<std::size_t>(c - '0');
  }
  return index < end ? std::optional(index) : std::nullopt;
}

Json* child(Json& parent, const std::string& token) {
  if (auto* items = parent.as_array()) {
    const auto index = read_index(token, items->size());
    return index ? &(*items)[*index] : nullptr;
  }
  return parent.find(token);
}

Json* descend(Json& document, const Tokens& tokens, std::size_t count) {
  Json* at = &document;
  for (std::size_t i = 0; i < count && at != nullptr; ++i) at = child(*at, tokens[i]);
  return at;
}

struct Size {
  std::size_t bytes = 0;
  std::size_t depth = 0;
};

Size size_of(const Json& value) {
  Size size{8, 1};
  const auto add = [&](const Json& part, std::size_t name) {
    const auto inner = size_of(part);
    size.bytes += name + inner.bytes;
    size.depth = std::max(size.depth, inner.depth + 1);
  };
  if (const auto* text = value.as_string()) size.bytes += text->size();
  if (const auto* items = value.as_array()) {
    for (const auto& item : *items) add(item, 0);
  }
  if (const auto* members = value.as_object()) {
    for (const auto& [name, member] : *members) add(member, name.size() + 8);
  }
  return size;
}

Result<> no_place(const Tokens& path) { return fail("patch.location", "there is no " + pointer_text(path)); }

Result<> add_value(Json& document, const Tokens& path, Json value) {
  if (size_of(value).depth + path.size() > kMostDepth) return fail("patch.size", "it would become too deep");
  if (path.empty()) {
    document = std::move(value);
    return {};
  }
  Json* parent = descend(document, path, path.size() - 1);
  if (parent == nullptr) return no_place(path);
  if (auto* items = parent->as_array()) {
    const auto index = path.back() == "-" ? items->size() : read_index(path.back(), items->size() + 1);
    if (!index) return no_place(path);
    items->insert(items->begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
    return {};
  }
  if (!parent->is_object()) return no_place(path);
  parent->set(path.back(), std::move(value));
  return {};
}

Result<> remove_value(Json& document, const Tokens& path) {
  Json* parent = descend(document, path, path.size() - 1);
  if (parent == nullptr || child(*parent, path.back()) == nullptr) return no_place(path);
  if (auto* items = parent->as_array()) {
    items->erase(items->begin() + static_cast<std::ptrdiff_t>(*read_index(path.back(), items->size())));
  } else {
    parent->erase(path.back());
  }
  return {};
}

constexpr std::string_view kPatchNames[] = {"add", "remove", "replace", "move", "copy", "test"};  // As JsonPatch::Kind.

}  // namespace

bool equal_values(const Json& a, const Json& b) {
  if (a.is_number() && b.is_number()) return a.is_int() && b.is_int() ? a == b : a.as_double() == b.as_double();
  if (const auto* items = a.as_array()) {
    const auto* others = b.as_array();
    return others != nullptr && std::equal(items->begin(), items->end(), others->begin(), others->end(), equal_values);
  }
  if (const auto* members = a.as_object()) {
    const auto* others = b.as_object();
    return others != nullptr && members->size() == others->size() &&
           std::all_of(members->begin(), members->end(), [&](const auto& member) {
             const Json* other = b.find(member.first);
             return other != nullptr && equal_values(member.second, *other);
           });
  }
  return a == b;
}

Expected<JsonPatch::Operation, PatchProblem> JsonPatch::read(const Json& operation) {
  if (!operation.is_object()) return patch_problem("", "an operation is an object");
  const auto name = operation.string_at("op").value_or("");
  const auto known = std::find(std::begin(kPatchNames), std::end(kPatchNames), name);
  if (known == std::end(kPatchNames)) return patch_problem("/op", "`op` is none of add, remove, replace, move, copy, test");
  Operation read{.kind = static_cast<Kind>(known - std::begin(kPatchNames)), .path = {}};

  const auto place = [&](const char* member, Path& to) -> Expected<void, PatchProblem> {
    const auto text = operation.string_at(member);
    if (!text) return patch_problem("", "`" + name + "` needs `" + member + "`, a JSON pointer (RFC 6902 §4)");
    auto tokens = read_pointer(*text);
    if (!tokens || tokens->size() > kMostDepth) {
      return patch_problem(std::string("/") + member,
                           std::string("`") + member + "` is not a JSON pointer such as /name or /list/0 (RFC 6901 §3)");
    }
    to = std::move(*tokens);
    return {};
  };
  if (auto done = place("path", read.path); !done) return tl::unexpected(done.error());
  if (read.kind == Kind::Remove && read.path.empty()) {
    return patch_problem("/path", "the whole document cannot be removed, only replaced");
  }
  if (read.kind == Kind::Move || read.kind == Kind::Copy) {
    if (auto done = place("from", read.from); !done) return tl::unexpected(done.error());
    const bool inside = read.from.size() < read.path.size() &&
                        std::equal(read.from.begin(), read.from.end(), read.path.begin());
    if (read.kind == Kind::Move && inside) {
      return patch_problem("/from", "a value cannot be moved into itself (RFC 6902 §4.4)");
    }
  } else if (read.kind != Kind::Remove) {
    const Json* value = operation.find("value");
    if (value == nullptr) return patch_problem("", "`" + name + "` needs a `value` (RFC 6902 §4)");
    if (size_of(*value).depth > kMostDepth) return patch_problem("/value", "the value is too deep");
    read.value = *value;
  }
  return read;
}

Expected<JsonPatch, PatchProblem> JsonPatch::parse(const Json& list) {
  const auto* items = list.as_array();
  if (items == nullptr) return patch_problem("", "a JSON Patch is a list of operations (RFC 6902 §3)");
  if (items->empty() || items->size() > kMostOperations) {
    return patch_problem("", "a patch has 1 to " + std::to_string(kMostOperations) + " operations");
  }
  JsonPatch patch;
  for (std::size_t i = 0; i < items->size(); ++i) {
    auto operation = read((*items)[i]);
    if (!operation) return patch_problem("/" + std::to_string(i) + operation.error().pointer, operation.error().message);
    patch.operations_.push_back(std::move(*operation));
  }
  return patch;
}

Result<> JsonPatch::perform(const Operation& operation, Json& document, std::size_t& copied) {
  const auto& [kind, path, from, value] = operation;
  const Json* there = descend(document, path, path.size());
  switch (kind) {
    case Kind::Add: return add_value(document, path, value);
    case Kind::Remove: return remove_value(document, path);
    case Kind::Replace:
      if (there == nullptr) return no_place(path);
      if (path.empty()) return add_value(document, path, value);
      if (size_of(value).depth + path.size() > kMostDepth) return fail("patch.size", "it would become too deep");
      *descend(document, path, path.size()) = value;
      return {};
    case Kind::Test:
      if (there == nullptr) return no_place(path);
      if (!equal_values(*there, value)) return fail("patch.test", pointer_text(path) + " has another value");
      return {};
    case Kind::Move:
    case Kind::Copy: break;
  }
  const Json* source = descend(document, from, from.size());
  if (source == nullptr) return no_place(from);
  copied += size_of(*source).bytes;
  if (copied > kMostCopied) return fail("patch.size", "it would become too large");
  Json moved = *source;
  if (kind == Kind::Move && !from.empty()) {
    if (auto removed = remove_value(document, from); !removed) return removed;
  }
  return add_value(document, path, std::move(moved));
}

Result<Json> JsonPatch::apply(Json document) const {
  std::size_t copied = 0;
  for (std::size_t i = 0; i < operations_.size(); ++i) {
    auto done = perform(operations_[i], document, copied);
    if (done) continue;
    const auto name = kPatchNames[static_cast<std::size_t>(operations_[i].kind)];
    return fail(done.error().code, "operation " + std::to_string(i) + " (" + std::string(name) + "): " + done.error().message,
                "RFC 6902 §5");
  }
  return document;
}

}  // namespace mockoauth::server
