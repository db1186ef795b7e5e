#include "protocol/packed_exchange.hpp"

#include <cstddef>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

namespace mockoauth::server {
namespace {

using mimir::codec::Parameters;
using mimir::codec::TimePoint;

// The one list of what an exchange consists of, for packing and for unpacking. A member that is not in it does not
// compile. The number comes first: see number_of().
template <class SomeExchange, class Field>
void for_each_field(SomeExchange& exchange, Field field) {
  auto& [number, virtual_time, real_time, endpoint, request, parameters, response, client_id, grant_type, error, reason,
         clause, ignored, faults, grant, issued, consumed, delivery] = exchange;
  auto& [method, target, headers, body, raw, version, origin, client_certificate] = request;
  auto& [status, response_headers, response_body, how] = response;
  (void)how;  // Told by `delivery`.
  field(number, virtual_time, real_time, endpoint, parameters, client_id, grant_type, error, reason, clause, ignored,
        faults, grant, issued, consumed, delivery);
  field(method, target, headers, body, raw, version, origin, client_certificate);
  field(status, response_headers, response_body);
}

template <class T>
concept Number = std::is_integral_v<T>;

/// In the place of a string: what a block takes, so that it is allocated once.
struct Counter {
  std::size_t bytes = 0;
  void append(const char*, std::size_t size) { bytes += size; }
};

template <class Out>
struct Writer {
  Out out;

  template <Number T>
  void operator()(const T& number) {
    char bytes[sizeof number];
    std::memcpy(bytes, &number, sizeof number);
    out.append(bytes, sizeof number);
  }
  void operator()(const TimePoint& time) { (*this)(time.time_since_epoch().count()); }
  void operator()(const std::string& text) {
    (*this)(text.size());
    out.append(text.data(), text.size());
  }
  template <class A, class B>
  void operator()(const std::pair<A, B>& pair) {
    (*this)(pair.first);
    (*this)(pair.second);
  }
  template <class T>
  void operator()(const std::vector<T>& items) {
    (*this)(items.size());
    for (const auto& item : items) (*this)(item);
  }
  void operator()(const Parameters& parameters) { (*this)(parameters.pairs()); }
};

struct Reader {
  std::string_view in;

  template <Number T>
  void operator()(T& number) {
    std::memcpy(&number, in.data(), sizeof number);
    in.remove_prefix(sizeof number);
  }
  void operator()(TimePoint& time) {
    TimePoint::rep count = 0;
    (*this)(count);
    time = TimePoint(TimePoint::duration(count));
  }
  void operator()(std::string& text) {
    std::size_t size = 0;
    (*this)(size);
    text = in.substr(0, size);
    in.remove_prefix(size);
  }
  template <class A, class B>
  void operator()(std::pair<A, B>& pair) {
    (*this)(pair.first);
    (*this)(pair.second);
  }
  template <class T>
  void operator()(std::vector<T>& items) {
    std::size_t size = 0;
    (*this)(size);
    items.resize(size);
    for (auto& item : items) (*this)(item);
  }
  void operator()(Parameters& parameters) {
    std::vector<Parameters::Pair> pairs;
    (*this)(pairs);
    for (auto& [name, value] : pairs) parameters.add(std::move(name), std::move(value));
  }
};

}  // namespace

std::string pack(const Exchange& exchange, std::string block) {
  Writer<Counter> counter;
  for_each_field(exchange, [&](const auto&... fields) { (counter(fields), ...); });
  const auto bytes = counter.out.bytes;
  Writer<std::string> writer;
  if (block.capacity() >= bytes && block.capacity() <= bytes + bytes / 4) writer.out = std::move(block);
  writer.out.clear();
  writer.out.reserve(bytes);
  for_each_field(exchange, [&](const auto&... fields) { (writer(fields), ...); });
  return std::move(writer.out);
}

Exchange unpack(std::string_view packed) {
  Exchange exchange;
  Reader reader{packed};
  for_each_field(exchange, [&](auto&... fields) { (reader(fields), ...); });
  return exchange;
}

std::uint64_t number_of(std::string_view packed) {
  std::uint64_t number = 0;
  Reader{packed}(number);
  return number;
}

void set_number(std::string& packed, std::uint64_t number) {
  std::memcpy(packed.data(), &number, sizeof number);
}

}  // namespace mockoauth::server
