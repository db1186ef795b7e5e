#include "protocol/vocabulary.hpp"

#include <stdexcept>
#include <string>

#include <mockoauth/embedded/mockoauth-fixtures.hpp>

namespace mockoauth::server {

using mimir::codec::Json;

std::string_view fixture(std::string_view path) {
  for (const auto& file : fixtures::embedded_fixtures()) {
    if (file.path == path) return file.content;
  }
  throw std::logic_error("not embedded: " + std::string(path));
}

const Vocabulary& Vocabulary::instance() {
  static const Vocabulary vocabulary;
  return vocabulary;
}

Vocabulary::Vocabulary() {
  auto table = Json::parse(fixture("schema/knobs.json"));
  Json* list = table ? table->find("knobs") : nullptr;
  if (list == nullptr || !list->is_array()) throw std::logic_error("fixtures/schema/knobs.json is broken");
  knobs = std::move(*list->as_array());
  for (std::size_t i = 0; i < knobs.size(); ++i) {
    const Json* name = knobs[i].find("name");
    if (name == nullptr || !name->is_string()) throw std::logic_error("fixtures/schema/knobs.json: a knob without name");
    index.emplace(*name->as_string(), i);
  }
}

}  // namespace mockoauth::server
