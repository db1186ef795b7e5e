#pragma once

#include <string>
#include <vector>

#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {

/// The plain server with these model APIs, and these knobs changed.
inline Profile with_models(std::initializer_list<const char*> apis, std::initializer_list<Json::Member> changes = {}) {
  Json list = Json::array();
  for (const char* api : apis) list.push_back(Json(api));
  Json knobs = Json::object();
  for (const auto& name : Profile::plain().named()) knobs.set(name, Profile::plain().knob(name));
  knobs.set("models.apis", std::move(list));
  for (const auto& [name, value] : changes) knobs.set(name, value);
  auto profile = Profile::parse(Json::object({{"id", "models"}, {"title", "Models"}, {"knobs", knobs}}).dump(), "test");
  if (profile) return *profile;
  ADD_FAILURE() << profile.error().to_string();
  return Profile::plain();
}

/// One event of a stream.
struct StreamEvent {
  std::string name;
  std::string data;
  [[nodiscard]] Json json() const { return Json::parse(data).value_or(Json()); }
};

/// Events as WHATWG HTML §9.2.6 reads them, as far as they are written here: one line of data each.
inline std::vector<StreamEvent> events_in(const HttpResponse& response) {
  std::vector<StreamEvent> events;
  StreamEvent event;
  std::string_view rest = response.body;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty()) events.push_back(std::exchange(event, {}));
    if (line.starts_with("event: ")) event.name = line.substr(7);
    if (line.starts_with("data: ")) event.data = line.substr(6);
  }
  EXPECT_TRUE(event.data.empty()) << "the last event is not ended by an empty line";
  return events;
}

inline HttpResponse post_json(Engine& server, std::string path, const Json& body, Headers headers) {
  headers.emplace_back("Content-Type", "application/json");
  return server.realm().handle({.method = "POST", .target = std::move(path), .headers = std::move(headers), .body = body.dump()});
}

inline std::string text_at_pointer(const Json& json, std::string_view pointer) {
  const Json* value = json.at_pointer(pointer);
  return value == nullptr ? "(nothing)" : value->as_string() != nullptr ? *value->as_string() : value->dump();
}
inline std::string text_at_pointer(const HttpResponse& response, std::string_view pointer) {
  return text_at_pointer(body_of(response), pointer);
}

inline std::string access_token_of(Engine& server, std::initializer_list<Parameters::Pair> changes = {}) {
  return text_at(server.login(changes), "access_token");
}

/// The next call of that endpoint is refused for this condition; whoever asks again after 7 seconds is let in.
inline FaultRule refuse_once(const char* endpoint, const char* condition) {
  return {.fault = "oauth.refuse",
          .when = {.endpoint = endpoint},
          .arguments = Json::object({{"condition", condition}, {"wait_s", 7}})};
}

inline Json message(const char* role, Json content) { return Json::object({{"role", role}, {"content", std::move(content)}}); }

}  // namespace mockoauth::server::testing
