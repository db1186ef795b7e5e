#include <mockoauth/testing/mock_server.hpp>

#include <stdexcept>

#include <mimir/codec/clock.hpp>
#include <mockoauth/server/control.hpp>
#include <mockoauth/wire/fetcher.hpp>
#include <mockoauth/wire/origins.hpp>

namespace mockoauth::testing {

struct MockServer::Impl {
  explicit Impl(wire::Origins bound) : origins(std::move(bound)), server(clock, origins.urls()), control(server) {
    server.set_defaults({.fetcher = wire::make_fetcher({})});
    origins.start({.handler = [this](server::HttpRequest request) {
                     return server::Control::is_for(request) ? control.handle(request)
                                                             : server.handle(std::move(request));
                   },
                   .may_block = [this](const server::HttpRequest& request) {
                     return server::Control::is_for(request) ? server::Control::may_block(request)
                                                             : server.may_block(request);
                   },
                   .welcome = [this](const server::Arrival& arrival) { return server.welcome(arrival); }});
  }

  mimir::codec::SystemClock clock;
  wire::Origins origins;
  server::Server server;
  server::Control control;
};

MockServer::MockServer() {
  auto bound = wire::Origins::bind({.port = 0}, 1);
  if (!bound) throw std::runtime_error(bound.error().message);
  impl_ = std::make_unique<Impl>(std::move(*bound));
}

MockServer::~MockServer() {
  impl_->server.end_realms();
  impl_->origins.stop();
}

server::Server& MockServer::server() { return impl_->server; }
const std::string& MockServer::origin() const { return impl_->server.origin(); }

}  // namespace mockoauth::testing
