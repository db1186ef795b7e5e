#include <mockoauth/wire/origins.hpp>

#include <algorithm>
#include <utility>

namespace mockoauth::wire {

namespace {

constexpr int kTries = 16;

using Bound = std::vector<std::unique_ptr<Listener>>;

// Both families at one port, since clients try either address of the name first. A port that was any free one of the
// first family may be taken in the second.
mimir::codec::Result<Bound> bind_both_families(const ListenerOptions& options) {
  for (int left = options.port == 0 ? kTries : 1;; --left) {
    ListenerOptions four = options;
    four.host = "127.0.0.1";
    auto first = Listener::bind(four);
    if (!first) return tl::unexpected(std::move(first.error()));
    ListenerOptions six = options;
    six.host = "[::1]";
    six.port = (*first)->port();
    auto second = Listener::bind(six);
    if (!second && left > 1) continue;
    if (!second) return tl::unexpected(std::move(second.error()));
    Bound both;
    both.push_back(std::move(*first));
    both.push_back(std::move(*second));
    return both;
  }
}

mimir::codec::Result<Bound> bind_one(const ListenerOptions& options) {
  auto listener = Listener::bind(options);
  if (!listener) return tl::unexpected(std::move(listener.error()));
  Bound one;
  one.push_back(std::move(*listener));
  return one;
}

}  // namespace

mimir::codec::Result<Origins> Origins::bind(const ListenerOptions& first, std::size_t count) {
  Origins origins;
  const bool by_name = first.host == "localhost";
  for (std::size_t i = 0; i < std::max<std::size_t>(1, count); ++i) {
    ListenerOptions options = first;
    options.origin = i;
    if (i > 0) options.port = 0;
    auto bound = by_name ? bind_both_families(options) : bind_one(options);
    if (!bound) return tl::unexpected(std::move(bound.error()));
    const auto& listener = bound->front();
    origins.urls_.push_back(by_name ? (options.tls ? "https://localhost:" : "http://localhost:") +
                                          std::to_string(listener->port())
                                    : listener->origin());
    for (auto& each : *bound) origins.listeners_.push_back(std::move(each));
  }
  return origins;
}

void Origins::start(server::Server& server) {
  server_ = &server;
  start(ListenerCalls{[&server](server::HttpRequest request) { return server.handle(std::move(request)); },
                      [&server](const server::HttpRequest& request) { return server.may_block(request); },
                      [&server](const server::Arrival& arrival) { return server.welcome(arrival); }});
}

void Origins::start(const ListenerCalls& calls) {
  for (const auto& listener : listeners_) listener->start(calls);
}

void Origins::stop() {
  if (server_ != nullptr) server_->end_realms();
  for (const auto& listener : listeners_) listener->stop();
}

}  // namespace mockoauth::wire
