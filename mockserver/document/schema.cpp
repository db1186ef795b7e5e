// The only file that knows RapidJSON's validator, which judges. explain.cpp finds the words.
#include <mockoauth/document/document.hpp>

#include <mutex>
#include <stdexcept>

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/internal/regex.h>
#include <rapidjson/schema.h>
#include <rapidjson/stringbuffer.h>

#include "explain.hpp"

namespace mockoauth::document {
namespace {

using mimir::codec::Json;

// The judge's own expressions, an automaton without backtracking: hostile text costs linear time.
bool matches(const std::string& pattern, const std::string& text) {
  const rapidjson::internal::GenericRegex<rapidjson::UTF8<>> regex(pattern.c_str());
  return !regex.IsValid() || regex.Search(text.c_str());
}

// Feeds a value to the validator. Documents are at most 64 levels deep, so recursion is safe.
template <class Handler>
bool feed(const Json& value, Handler& handler) {
  const auto size = [](std::size_t count) { return static_cast<rapidjson::SizeType>(count); };
  if (const auto* members = value.as_object()) {
    if (!handler.StartObject()) return false;
    for (const auto& [name, member] : *members) {
      if (!handler.Key(name.data(), size(name.size()), true) || !feed(member, handler)) return false;
    }
    return handler.EndObject(size(members->size()));
  }
  if (const auto* items = value.as_array()) {
    if (!handler.StartArray()) return false;
    for (const auto& item : *items) {
      if (!feed(item, handler)) return false;
    }
    return handler.EndArray(size(items->size()));
  }
  if (const auto* text = value.as_string()) return handler.String(text->data(), size(text->size()), true);
  if (value.is_int()) return handler.Int64(*value.as_int());
  if (value.is_number()) return handler.Double(*value.as_double());
  if (value.is_bool()) return handler.Bool(*value.as_bool());
  return handler.Null();
}

rapidjson::Document parse_schema(std::string_view text) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
  if (document.HasParseError()) {
    throw std::logic_error("schema: " + std::string(rapidjson::GetParseError_En(document.GetParseError())) +
                           " at byte " + std::to_string(document.GetErrorOffset()));
  }
  if (!document.IsObject()) throw std::logic_error("schema: not an object");
  return document;
}

Json parse_words(std::string_view text) {
  auto json = Json::parse(text);
  if (!json) throw std::logic_error("schema: " + json.error().message);
  return std::move(*json);
}

}  // namespace

struct Schema::Impl {
  explicit Impl(std::string_view text) : words(parse_words(text)), source(parse_schema(text)), judge(source) {}

  Json words;
  rapidjson::Document source;
  rapidjson::SchemaDocument judge;
  std::mutex judging;  ///< RapidJSON's compiled patterns keep their working state in themselves.
};

Schema::Schema(std::string_view text) : impl_(std::make_unique<Impl>(text)) {}
Schema::~Schema() = default;

Result<void> Schema::check(const Document& document) const {
  const std::lock_guard lock(impl_->judging);
  rapidjson::SchemaValidator validator(impl_->judge);
  feed(document.value, validator);
  if (validator.IsValid()) return {};

  auto violation = Explainer(impl_->words, matches).explain(document.value);
  if (!violation) {
    rapidjson::StringBuffer pointer;
    validator.GetInvalidDocumentPointer().Stringify(pointer);
    const char* keyword = validator.GetInvalidSchemaKeyword();
    violation = Violation{{pointer.GetString(), pointer.GetSize()}, false,
                          std::string("breaks the rule \"") + (keyword != nullptr ? keyword : "?") + "\" of its schema"};
  }
  DataFileError error = document.error_at(violation->pointer, std::move(violation->message));
  if (violation->at_name) {
    const Place place = document.key_place_of(violation->pointer);
    error.line = place.line;
    error.column = place.column;
  }
  return tl::unexpected(std::move(error));
}

}  // namespace mockoauth::document
