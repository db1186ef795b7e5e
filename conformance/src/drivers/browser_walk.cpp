#include "browser_walk.hpp"

#include <mimir/codec/url.hpp>
#include <mimir/oauth/http_transport.hpp>

#include "../probe/raw_http.hpp"

namespace mockoauth::conformance::internal {
namespace {

constexpr int kMaxHops = 10;
constexpr std::chrono::seconds kPageDeadline{30};

mimir::codec::Result<std::string> tampered(const std::string& url, const BrowserPlan& plan) {
  auto parsed = mimir::codec::Url::parse(url);
  if (!parsed) return tl::unexpected(parsed.error());
  auto parameters = mimir::codec::Parameters::parse(parsed->query().value_or(""));
  if (!parameters) return tl::unexpected(parameters.error());
  for (const auto& [name, value] : plan.tamper) parameters->set(name, value);
  return parsed->without_query_and_fragment().with_parameters(*parameters).to_string();
}

// Without the query: it holds codes.
std::string short_url(const std::string& url) { return url.substr(0, url.find('?')); }

// Trusts what $SSL_CERT_FILE says, as the client does.
mimir::codec::Result<Page> fetch_over_tls(const std::string& url) {
  const auto transport = mimir::oauth::make_curl_transport();
  auto outcome = transport->send({.url = url, .timeout = kPageDeadline}, {});
  if (!outcome.response) return mimir::codec::fail(outcome.response.error().code, outcome.response.error().message);
  Page page{outcome.response->status, "", std::string(outcome.response->body.expose())};
  if (page.status >= 300 && page.status < 400) page.location = outcome.response->header("Location").value_or("");
  return page;
}

}  // namespace

std::vector<std::string> walk_login(const std::string& url, const BrowserPlan& plan, const Fetch& fetch) {
  std::vector<std::string> met;
  std::string next = url;
  if (!plan.tamper.empty()) {
    auto changed = tampered(url, plan);
    if (!changed) return {"cannot read the login URL: " + changed.error().message};
    next = *changed;
  }
  for (int hop = 0; hop < kMaxHops; ++hop) {
    auto page = fetch(next);
    if (!page) {
      met.push_back(short_url(next) + " failed: " + page.error().message);
      return met;
    }
    met.push_back(short_url(next) + " " + std::to_string(page->status));
    if (page->location.empty()) return met;
    next = page->location;
  }
  met.push_back("gave up after " + std::to_string(kMaxHops) + " redirects");
  return met;
}

mimir::codec::Result<Page> fetch_page(const std::string& url) {
  const auto parsed = mimir::codec::Url::parse(url);
  if (!parsed) return tl::unexpected(parsed.error());
  if (parsed->scheme() == "https") return fetch_over_tls(url);
  auto answer = raw_get(*parsed, kPageDeadline);
  if (!answer) return tl::unexpected(answer.error());
  const bool redirect = answer->status >= 300 && answer->status < 400;
  return Page{answer->status, redirect ? answer->header("Location") : "", answer->body};
}

}  // namespace mockoauth::conformance::internal
