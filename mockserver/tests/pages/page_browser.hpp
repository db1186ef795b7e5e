#pragma once

#include <map>
#include <string>

#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {

/// The plain server that asks by pages, with these knobs changed.
inline Profile with_forms(std::initializer_list<Json::Member> changes = {}) {
  Json knobs = Json::object();
  for (const auto& name : Profile::plain().named()) knobs.set(name, Profile::plain().knob(name));
  knobs.set("login.mode", "form");
  for (const auto& [name, value] : changes) knobs.set(name, value);
  auto profile = Profile::parse(Json::object({{"id", "forms"}, {"title", "Forms Inc."}, {"knobs", knobs}}).dump(), "test");
  if (profile) return *profile;
  ADD_FAILURE() << profile.error().to_string();
  return Profile::plain();
}

/// A browser without script: keeps cookies, posts the form of the page that it shows.
class PageBrowser {
 public:
  explicit PageBrowser(Engine& server) : server_(server) {}

  const HttpResponse& open(const std::string& target) { return keep(server_.get(target, cookies())); }
  const HttpResponse& authorize(std::initializer_list<Parameters::Pair> changes = {}) {
    auto parameters = Engine::authorization_request();
    for (const auto& [name, value] : changes) parameters.set(name, value);
    return open("/authorize?" + parameters.encode());
  }
  /// Posts the page's hidden field with these.
  const HttpResponse& submit(Parameters fields, const std::string& target = "/interaction") {
    if (const auto id = hidden("interaction"); !id.empty()) fields.add("interaction", id);
    return keep(server_.post(target, fields, cookies()));
  }
  const HttpResponse& sign_in(const std::string& username = "ada", const std::string& password = "secret") {
    return submit({{"username", username}, {"password", password}, {"action", "sign_in"}});
  }
  [[nodiscard]] const HttpResponse& page() const { return page_; }
  [[nodiscard]] bool shows(std::string_view text) const { return page_.body.find(text) != std::string::npos; }
  [[nodiscard]] std::string hidden(const std::string& name) const {
    const std::string start = "name=\"" + name + "\" value=\"";
    const auto at = page_.body.find(start);
    if (at == std::string::npos) return {};
    const auto from = at + start.size();
    return page_.body.substr(from, page_.body.find('"', from) - from);
  }
  [[nodiscard]] Headers cookies() const {
    std::string all;
    for (const auto& [name, value] : jar_) all += (all.empty() ? "" : "; ") + name + "=" + value;
    return all.empty() ? Headers{} : Headers{{"Cookie", all}};
  }

 private:
  const HttpResponse& keep(HttpResponse response) {
    page_ = std::move(response);
    for (const auto& [name, value] : page_.headers) {
      if (name != "Set-Cookie") continue;
      const auto pair = value.substr(0, value.find(';'));
      jar_[pair.substr(0, pair.find('='))] = pair.substr(pair.find('=') + 1);
    }
    return page_;
  }

  Engine& server_;
  HttpResponse page_;
  std::map<std::string, std::string> jar_;
};

}  // namespace mockoauth::server::testing
