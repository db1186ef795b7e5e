#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <mockoauth/server/journal.hpp>

namespace mockoauth::server {

/// An exchange as one block of bytes. Unpacked it is some forty texts, each with memory of its own; a journal of ten
/// thousand then takes three times as much, and forgetting one costs as much as answering a request.
/// @param block memory that is used again if it is of the right size.
[[nodiscard]] std::string pack(const Exchange& exchange, std::string block = {});

/// @param packed what pack() gave.
[[nodiscard]] Exchange unpack(std::string_view packed);

/// Exchange::number of a packed exchange.
[[nodiscard]] std::uint64_t number_of(std::string_view packed);
void set_number(std::string& packed, std::uint64_t number);

}  // namespace mockoauth::server
