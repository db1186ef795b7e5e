#include <mockoauth/server/delivery.hpp>

namespace mockoauth::server {
namespace {

constexpr std::pair<Delivery::Place, std::string_view> kPlaces[] = {
    {Delivery::Place::BeforeAnswer, "before_answer"},
    {Delivery::Place::MidHeaders, "mid_headers"},
    {Delivery::Place::MidBody, "mid_body"},
    {Delivery::Place::AfterAnswer, "after_answer"},
};

}  // namespace

std::string_view to_string(Delivery::Place place) {
  for (const auto& [known, name] : kPlaces) {
    if (known == place) return name;
  }
  return {};
}

std::optional<Delivery::Place> parse_delivery_place(std::string_view name) {
  for (const auto& [place, known] : kPlaces) {
    if (known == name) return place;
  }
  return std::nullopt;
}

}  // namespace mockoauth::server
