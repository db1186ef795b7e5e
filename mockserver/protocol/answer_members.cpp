#include "protocol/answer_members.hpp"

#include "protocol/text.hpp"

namespace mockoauth::server {

using mimir::codec::Json;
using mimir::codec::Parameters;

namespace {

constexpr std::string_view kNoMembers = "the answer is neither JSON nor a form";

bool is_form(const HttpResponse& answer) {
  const auto type = answer.header("Content-Type").value_or("");
  return equal_ignoring_case(trim(std::string_view(type).substr(0, type.find(';'))), "application/x-www-form-urlencoded");
}

}  // namespace

Json document_of(const Parameters& parameters) {
  Json document = Json::object();
  for (const auto& [name, value] : parameters.pairs()) {
    Json* known = document.find(name);
    if (known == nullptr) {
      document.set(name, Json(value));
    } else if (known->is_array()) {
      known->push_back(Json(value));
    } else {
      document.set(name, Json::array({*known, Json(value)}));
    }
  }
  return document;
}

Parameters parameters_of(const Json& document) {
  Parameters parameters;
  const auto add = [&](const std::string& name, const Json& value) {
    parameters.add(name, value.is_string() ? *value.as_string() : value.dump());
  };
  const auto* members = document.as_object();
  if (members == nullptr) return parameters;
  for (const auto& [name, value] : *members) {
    if (const auto* items = value.as_array()) {
      for (const auto& item : *items) add(name, item);
    } else {
      add(name, value);
    }
  }
  return parameters;
}

std::optional<Json> answer_document(const Call& call) {
  if (!call.answer || call.answer->body.empty()) return std::nullopt;
  if (is_form(*call.answer)) {
    const auto parameters = Parameters::parse(call.answer->body);
    return parameters ? std::optional(document_of(*parameters)) : std::nullopt;
  }
  auto document = Json::parse(call.answer->body);
  return document ? std::optional(std::move(*document)) : std::nullopt;
}

void put_answer_document(Call& call, const Json& document) {
  const bool as_form = is_form(*call.answer) && document.is_object();
  call.answer->body = as_form ? parameters_of(document).encode() : document.dump();
}

std::string lacks_member(const Call& call, std::string_view name) {
  const auto document = answer_document(call);
  if (!document) return std::string(kNoMembers);
  return document->find(name) == nullptr ? "the answer has no member " + std::string(name) : std::string();
}

void set_answer_member(Call& call, std::string_view name, std::optional<Json> value) {
  auto document = answer_document(call);
  if (!document || !document->is_object()) return;
  if (value) {
    document->set(name, std::move(*value));
  } else {
    document->erase(name);
  }
  put_answer_document(call, *document);
}

}  // namespace mockoauth::server
