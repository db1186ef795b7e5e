#include <mockoauth/server/control.hpp>

#include <algorithm>
#include <exception>
#include <map>
#include <mutex>
#include <utility>

#include <mimir/codec/digest.hpp>
#include <mockoauth/document/document.hpp>

#include "control/live_page.hpp"
#include "control/route.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

void register_all_control_routes(ControlRoutes&);  // Generated from the folder.

const ControlRoutes& control_routes() {
  static const ControlRoutes all = [] {
    ControlRoutes made;
    register_all_control_routes(made);
    return made;
  }();
  return all;
}

namespace {

constexpr std::string_view kControlPrefix = "/_mock/";

HttpResponse problem_response(const Problem& problem) {
  Json body = Json::object({{"type", "urn:mockoauth:problem:" + problem.code},
                            {"title", reason_phrase(problem.status)},
                            {"status", problem.status},
                            {"detail", problem.detail}});
  if (!problem.pointer.empty()) body.set("pointer", problem.pointer);
  return {problem.status, {{"Content-Type", "application/problem+json"}, {"Cache-Control", "no-store"}}, body.dump()};
}

// `127.0.0.1:80` and `[::1]:80` without the port.
std::string_view host_of(std::string_view authority) {
  if (authority.starts_with('[')) return authority.substr(0, std::min(authority.find(']'), authority.size() - 1) + 1);
  return authority.substr(0, authority.find(':'));
}

// A name of the attacker's own that now resolves to loopback (DNS rebinding) is none of these.
bool is_loopback_host(std::string_view host) {
  if (equal_ignoring_case(host, "localhost") || host == "[::1]") return true;
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string_view authority_of_url(std::string_view url) {
  const auto start = url.find("://");
  if (start == std::string_view::npos) return {};
  url.remove_prefix(start + 3);
  return url.substr(0, url.find('/'));
}

std::optional<Problem> check_caller(const HttpRequest& request, const Server& server, const ControlOptions& options) {
  const auto own = host_of(authority_of_url(server.origin()));
  const auto is_ours = [&](std::string_view authority) {
    const auto host = host_of(authority);
    return is_loopback_host(host) || (!host.empty() && equal_ignoring_case(host, own));
  };
  if (const auto host = request.header("Host"); host && (request.count_headers("Host") > 1 || !is_ours(*host))) {
    return Problem{403, "host", "the Host header names " + *host + ", which is not this server: DNS rebinding?"};
  }
  if (const auto origin = request.header("Origin"); origin && !is_ours(authority_of_url(*origin))) {
    return Problem{403, "origin", "pages of " + *origin + " may not steer this server"};
  }
  if (options.token.empty()) return std::nullopt;
  // Digests are compared, so that the time it takes tells nothing about the token.
  const auto given = request.header("Authorization").value_or("");
  if (mimir::codec::sha256(given) == mimir::codec::sha256("Bearer " + options.token)) return std::nullopt;
  return Problem{401, "token", "this control API wants its token: Authorization: Bearer …"};
}

std::vector<std::string_view> split_path(std::string_view path) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto slash = std::min(path.find('/'), path.size());
    parts.push_back(path.substr(0, slash));
    if (slash == path.size()) return parts;
    path.remove_prefix(slash + 1);
  }
}

// What stands for `{…}`, or nothing when the path is another one.
std::optional<std::vector<std::string>> match_path(std::string_view pattern, std::string_view path) {
  const auto wanted = split_path(pattern);
  const auto given = split_path(path);
  if (wanted.size() != given.size()) return std::nullopt;
  std::vector<std::string> segments;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!wanted[i].starts_with('{')) {
      if (wanted[i] != given[i]) return std::nullopt;
      continue;
    }
    auto text = mimir::codec::percent_decode(given[i]);
    if (!text || text->empty()) return std::nullopt;
    segments.push_back(std::move(*text));
  }
  return segments;
}

const document::Schema& schema_of(const ControlRoute& route) {
  static std::mutex mutex;
  static std::map<const ControlRoute*, document::Schema> compiled;
  const std::lock_guard lock(mutex);
  return compiled.try_emplace(&route, route.body).first->second;
}

ControlAnswer read_body(const HttpRequest& request, const ControlRoute& route) {
  if (route.body.empty()) return Json();
  const auto type = request.header("Content-Type").value_or("application/json");
  if (!equal_ignoring_case(trim(type.substr(0, type.find(';'))), "application/json")) {
    return refuse_call(415, "content_type", "the body has to be application/json, not " + type);
  }
  auto body = Json::parse(request.body.empty() ? "{}" : request.body);
  if (!body) return refuse_call(400, "json", "the body is no JSON: " + body.error().message);
  const document::Document document{"body", *body, {}, {}};
  if (const auto checked = schema_of(route).check(document); !checked) {
    return refuse_call(422, "schema", checked.error().message, checked.error().pointer);
  }
  return body.value();
}

ControlAnswer call_route(const ControlRoute& route, Server& server, const HttpRequest& request,
                         const std::vector<std::string>& segments) {
  const auto query = mimir::codec::Parameters::parse(request.query());
  if (!query) return refuse_call(400, "query", query.error().message);
  for (const auto& [name, value] : query->pairs()) {
    if (!contains(route.query, name)) return refuse_call(400, "query", "there is no query parameter " + name + " here");
    if (query->count(name) > 1) return refuse_call(400, "query", "the query parameter " + name + " is repeated");
  }
  std::shared_ptr<Realm> realm;
  if (route.path.find("{realm}") != std::string::npos) {
    realm = server.find_realm(segments.front());
    if (!realm) return refuse_call(404, "realm.unknown", "there is no realm `" + segments.front() + "`");
  }
  const auto body = read_body(request, route);
  if (!body) return body;
  return route.handle({server, *query, *body, segments, realm.get()});
}

}  // namespace

Control::Control(Server& server, ControlOptions options) : server_(server), options_(std::move(options)) {}
Control::~Control() = default;

bool Control::is_for(const HttpRequest& request) { return request.target.starts_with(kControlPrefix); }

bool Control::may_block(const HttpRequest& request) {
  const auto& routes = control_routes().all();
  return std::any_of(routes.begin(), routes.end(), [&](const ControlRoute& route) {
    return route.waits && route.method == request.method && match_path(route.path, request.path());
  });
}

Json Control::openapi() { return describe_control_routes(control_routes()); }

HttpResponse Control::handle(const HttpRequest& request) {
  // Only memory can run out here.
  try {
    return answer(request);
  } catch (const std::exception&) {
    return problem_response({500, "internal", "the server failed at this call"});
  }
}

HttpResponse Control::answer(const HttpRequest& request) {
  const auto problem = check_caller(request, server_, options_);
  // The live page itself tells nothing; it asks for the token and brings it with each call.
  if (request.path() == kControlPrefix && request.method == "GET" && (!problem || problem->status == 401)) return live_page();
  if (problem) {
    auto response = problem_response(*problem);
    if (problem->status == 401) response.set_header("WWW-Authenticate", "Bearer realm=\"mockoauth\"");
    return response;
  }
  std::string allowed;
  for (const auto& route : control_routes().all()) {
    const auto segments = match_path(route.path, request.path());
    if (!segments) continue;
    if (route.method != request.method) {
      allowed += (allowed.empty() ? "" : ", ") + route.method;
      continue;
    }
    const auto body = call_route(route, server_, request, *segments);
    if (!body) return problem_response(body.error());
    HttpResponse response{route.status, {{"Cache-Control", "no-store"}}, {}};
    if (body->is_null()) return response;
    response.set_header("Content-Type", "application/json");
    response.body = body->dump();
    return response;
  }
  if (allowed.empty()) {
    return problem_response({404, "route", "there is no " + request.path() + "; see /_mock/openapi.json"});
  }
  auto response = problem_response({405, "method", request.path() + " takes " + allowed});  // RFC 9110 §15.5.6
  response.set_header("Allow", allowed);
  return response;
}

}  // namespace mockoauth::server
