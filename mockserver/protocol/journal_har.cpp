// The journal as HTTP Archive 1.2, which browsers and proxies read.
#include <mockoauth/server/journal_export.hpp>

#include <chrono>
#include <cstdio>

#include <mockoauth/server/http.hpp>

namespace mockoauth::server {

using mimir::codec::Json;
using mimir::codec::Parameters;

namespace {

// HAR 1.2, "entries": ISO 8601 with the offset; milliseconds keep the order of what happened in one second.
std::string iso8601_ms(mimir::codec::TimePoint time) {
  auto text = mimir::codec::format_iso8601(time);
  const auto part = time - std::chrono::floor<std::chrono::seconds>(time);
  char ending[8];
  std::snprintf(ending, sizeof ending, ".%03dZ", static_cast<int>(part.count()));
  text.replace(text.size() - 1, 1, ending);
  return text;
}

Json named_values(const Json& pairs) {
  Json list = Json::array();
  for (const auto& pair : *pairs.as_array()) {
    const auto& both = *pair.as_array();
    list.push_back(Json::object({{"name", both[0]}, {"value", both[1]}}));
  }
  return list;
}

Json query_of(const std::string& target) {
  Json list = Json::array();
  const auto start = target.find('?');
  const auto query = Parameters::parse(start == std::string::npos ? std::string_view()
                                                                  : std::string_view(target).substr(start + 1));
  if (!query) return list;
  for (const auto& [name, value] : query->pairs()) {
    list.push_back(Json::object({{"name", Json(name)}, {"value", Json(value)}}));
  }
  return list;
}

std::string header_of(const Headers& headers, std::string_view name) {
  return HttpResponse{200, headers, {}}.header(name).value_or("");
}

int size_of(const std::string& body) { return static_cast<int>(body.size()); }

/// @param shown the exchange as it is exported, masked or not: what is secret is decided in one place.
Json entry_of(const Exchange& exchange, const Json& shown, const std::vector<std::string>& base_urls) {
  const Json& request = *shown.find("request");
  const Json& response = *shown.find("response");
  const auto target = request.string_at("target").value_or("");
  const auto origin = exchange.request.origin;
  const std::string base_url = origin < base_urls.size() ? base_urls[origin] : std::string();
  Json har_request = Json::object({
      {"method", *request.find("method")},
      {"url", Json(base_url + target)},
      {"httpVersion", *request.find("version")},
      {"cookies", Json::array()},
      {"headers", named_values(*request.find("headers"))},
      {"queryString", query_of(target)},
      {"headersSize", Json(-1)},  // "Not available": the header as sent is in `raw`, if at all.
      {"bodySize", Json(size_of(exchange.request.body))},
  });
  if (!exchange.request.body.empty()) {
    har_request.set("postData", Json::object({{"mimeType", Json(header_of(exchange.request.headers, "Content-Type"))},
                                              {"text", *request.find("body")}}));
  }
  Json har_response = Json::object({
      {"status", *response.find("status")},
      {"statusText", Json(reason_phrase(exchange.response.status))},
      {"httpVersion", Json("HTTP/1.1")},
      {"cookies", Json::array()},
      {"headers", named_values(*response.find("headers"))},
      {"content", Json::object({{"size", Json(size_of(exchange.response.body))},
                                {"mimeType", Json(header_of(exchange.response.headers, "Content-Type"))},
                                {"text", *response.find("body")}})},
      {"redirectURL", Json("")},
      {"headersSize", Json(-1)},
      {"bodySize", Json(size_of(exchange.response.body))},
  });
  for (const auto& pair : *response.find("headers")->as_array()) {
    const auto& both = *pair.as_array();
    if (both[0] == Json("Location")) har_response.set("redirectURL", both[1]);
  }
  // Members of other programs begin with an underscore ("Custom fields"): here what the server made of it.
  Json ours = Json::object();
  for (const char* name : {"number", "virtual_time", "endpoint", "client_id", "grant_type", "error", "reason", "clause",
                           "faults", "grant", "issued", "consumed"}) {
    ours.set(name, *shown.find(name));
  }
  if (const auto* delivery = shown.find("delivery")) ours.set("delivery", *delivery);
  return Json::object({{"startedDateTime", Json(iso8601_ms(exchange.real_time))},
                       {"time", Json(0)},
                       {"request", std::move(har_request)},
                       {"response", std::move(har_response)},
                       {"cache", Json::object()},
                       {"timings", Json::object({{"send", Json(0)}, {"wait", Json(0)}, {"receive", Json(0)}})},
                       {"comment", Json(exchange.reason)},
                       {"_mockoauth", std::move(ours)}});
}

}  // namespace

std::string journal_as_har(const std::vector<Exchange>& exchanges, const std::vector<std::string>& base_urls,
                           bool redact) {
  Json entries = Json::array();
  for (const auto& exchange : exchanges) {
    entries.push_back(entry_of(exchange, exchange_to_json(exchange, redact), base_urls));
  }
  const Json log = Json::object({{"version", Json("1.2")},
                                 {"creator", Json::object({{"name", Json("mockoauth")}, {"version", Json("0.1.0")}})},
                                 {"entries", std::move(entries)}});
  return Json::object({{"log", log}}).dump_pretty() + "\n";
}

std::string journal_as_json_lines(const std::vector<Exchange>& exchanges, bool redact) {
  std::string lines;
  for (const auto& exchange : exchanges) lines += exchange_to_json(exchange, redact).dump() + "\n";
  return lines;
}

}  // namespace mockoauth::server
