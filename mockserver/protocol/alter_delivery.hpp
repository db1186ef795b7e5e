#pragma once

#include <chrono>
#include <string>

#include <mimir/codec/json.hpp>
#include <mockoauth/server/delivery.hpp>

#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {

/// Changes how the call's answer goes out, after what other faults have changed of it. Before validation there is no
/// answer yet: then the endpoint does not see the request, and an empty 503 is what may be cut, dripped or lost.
/// @param words for the journal: `reset mid_body`.
void alter_delivery(Call& call, std::string words, void (*change)(Delivery&, const mimir::codec::Json&),
                    const mimir::codec::Json& arguments);

/// The connection is reset without one byte of an answer. @param words for the journal: why.
void lose_answer(Call& call, std::string words);

/// The first byte of the answer is sent so much later, beside what other faults have asked for.
void delay_answer(Call& call, std::chrono::milliseconds late);

/// The phases of whatever happens to an answer on its way.
[[nodiscard]] std::vector<Phase> delivery_phases();

/// `at`: where in the answer it happens.
[[nodiscard]] FaultArgument place_argument();
[[nodiscard]] Delivery::Place place_of(const mimir::codec::Json& arguments);

/// A number of milliseconds, at most ten minutes.
[[nodiscard]] FaultArgument milliseconds_argument(std::string name, std::string meaning, bool required);

}  // namespace mockoauth::server
