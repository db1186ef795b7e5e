#pragma once

#include <functional>
#include <string>

#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {

/// A realm whose answers have what faults change: an id_token with a nonce, rotating refresh tokens, the same bytes each run.
Profile fault_profile(std::initializer_list<Json::Member> changes = {});

/// Does what has to be done before, and returns the request that FaultExample::asks names. Fails the test on another name.
std::function<HttpResponse()> prepare(Engine& engine, const std::string& asks);

/// Adds the rule; fails the test when it is refused.
void add_rule(Engine& engine, const Json& rule);
void add_rule(Engine& engine, const char* rule);

/// Status, headers and body in one text, and whether they arrive.
std::string text_of(const HttpResponse& response);

}  // namespace mockoauth::server::testing
