#include <map>

#include "control/route.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

namespace {

Json problem_reference() {
  return Json::object({{"description", "Refused; nothing has changed (RFC 9457)"},
                       {"content", Json::object({{"application/problem+json",
                            Json::object({{"schema", Json::object({{"$ref", "#/components/schemas/Problem"}})}})}})}});
}

Json parameter(const std::string& name, std::string_view in) {
  return Json::object({{"name", name},
                       {"in", in},
                       {"required", in == "path"},
                       {"schema", Json::object({{"type", "string"}})}});
}

Json parameters_of(const ControlRoute& route) {
  Json all = Json::array();
  for (auto start = route.path.find('{'); start != std::string::npos; start = route.path.find('{', start + 1)) {
    all.push_back(parameter(route.path.substr(start + 1, route.path.find('}', start) - start - 1), "path"));
  }
  for (const auto& name : route.query) all.push_back(parameter(name, "query"));
  return all;
}

Json success_of(const ControlRoute& route) {
  Json response = Json::object({{"description", route.status == 204 ? "Done" : "What was asked for"}});
  if (route.status != 204) {
    Json schema = route.answer.empty() ? Json::object() : Json::parse(route.answer).value_or(Json());
    response.set("content", Json::object({{"application/json", Json::object({{"schema", std::move(schema)}})}}));
  }
  return response;
}

Json operation_of(const ControlRoute& route) {
  Json operation = Json::object({{"operationId", route.id}, {"summary", route.summary}});
  operation.set("parameters", parameters_of(route));
  if (!route.body.empty()) {
    Json media = Json::object({{"schema", Json::parse(route.body).value_or(Json())}});
    operation.set("requestBody", Json::object({{"required", true},
                                               {"content", Json::object({{"application/json", std::move(media)}})}}));
  }
  operation.set("responses", Json::object({{std::to_string(route.status), success_of(route)},
                                           {"default", problem_reference()}}));
  return operation;
}

Json problem_schema() {
  const auto text = Json::object({{"type", "string"}});
  return Json::object(
      {{"type", "object"},
       {"required", Json::array({Json("type"), Json("title"), Json("status"), Json("detail")})},
       {"properties", Json::object({{"type", text},
                                    {"title", text},
                                    {"status", Json::object({{"type", "integer"}})},
                                    {"detail", text},
                                    {"pointer", text}})}});
}

}  // namespace

Json describe_control_routes(const ControlRoutes& routes) {
  Json paths = Json::object();
  for (const auto& route : routes.all()) {
    std::string method = route.method;
    for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
    if (paths.find(route.path) == nullptr) paths.set(route.path, Json::object());
    paths.find(route.path)->set(method, operation_of(route));
  }
  return Json::object(
      {{"openapi", "3.1.0"},
       {"info", Json::object({{"title", "mockoauth control API"}, {"version", "1"}})},
       {"paths", std::move(paths)},
       {"components", Json::object({{"schemas", Json::object({{"Problem", problem_schema()}})},
                                    {"securitySchemes", Json::object({{"token",
                                        Json::object({{"type", "http"}, {"scheme", "bearer"}})}})}})}});
}

}  // namespace mockoauth::server
