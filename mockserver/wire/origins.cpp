#include <mockoauth/wire/origins.hpp>

#include <algorithm>
#include <utility>

namespace mockoauth::wire {

mimir::codec::Result<Origins> Origins::bind(const ListenerOptions& first, std::size_t count) {
  Origins origins;
  for (std::size_t i = 0; i < std::max<std::size_t>(1, count); ++i) {
    ListenerOptions options = first;
    options.origin = i;
    if (i > 0) options.port = 0;
    auto listener = Listener::bind(std::move(options));
    if (!listener) return tl::unexpected(std::move(listener.error()));
    origins.listeners_.push_back(std::move(*listener));
  }
  return origins;
}

std::vector<std::string> Origins::urls() const {
  std::vector<std::string> all;
  for (const auto& listener : listeners_) all.push_back(listener->origin());
  return all;
}

void Origins::start(server::Server& server) {
  server_ = &server;
  start([&server](server::HttpRequest request) { return server.handle(std::move(request)); });
}

void Origins::start(const Listener::Handler& handler) {
  for (const auto& listener : listeners_) listener->start(handler);
}

void Origins::stop() {
  if (server_ != nullptr) server_->end_realms();
  for (const auto& listener : listeners_) listener->stop();
}

}  // namespace mockoauth::wire
