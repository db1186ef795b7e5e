#include "protocol/jwt_fault.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

std::string other_jwt(const Call& call, const Json& arguments) {
  const auto wanted = arguments.string_at("token").value_or("id_token");
  return call.signing->use == wanted ? std::string() : "the JWT is no " + wanted + " but the " + call.signing->use;
}

std::string lacks_claim(const Call& call, const Json& arguments, std::string_view claim) {
  auto other = other_jwt(call, arguments);
  if (!other.empty() || call.signing->claims.find(claim) != nullptr) return other;
  return "the " + call.signing->use + " has no " + std::string(claim);
}

Fault jwt_fault(std::string name, std::string title, void (*apply)(Call&, const Json&), std::vector<FaultArgument> more) {
  Fault fault{.name = std::move(name), .title = std::move(title), .layer = "protocol", .phase = Phase::BeforeSigning};
  fault.arguments = {{.name = "token",
                      .meaning = "Which JWT; `id_token` when left out. `response` is the authorization response of JARM.",
                      .choices = {"id_token", "access_token", "userinfo", "response"}}};
  for (auto& argument : more) fault.arguments.push_back(std::move(argument));
  fault.apply = apply;
  fault.misfit = other_jwt;
  return fault;
}

FaultArgument by_s_argument(std::string meaning) {
  constexpr std::int64_t kMost = 10'000'000'000;
  return {.name = "by_s", .kind = ArgumentKind::Number, .meaning = std::move(meaning) + "; 3600 when left out.",
          .least = 1, .most = kMost};
}

std::int64_t by_seconds(const Json& arguments) { return arguments.int_at("by_s").value_or(3600); }

}  // namespace mockoauth::server
