#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/call.hpp"

namespace mockoauth::server {

/// The JSON of an answer, or the members of one in form encoding. Nothing: it has neither, for example since it is a page.
[[nodiscard]] std::optional<mimir::codec::Json> answer_document(const Call& call);
/// Puts a changed document in its place, in the form that the answer has. Headers stay as they are.
void put_answer_document(Call& call, const mimir::codec::Json& document);

/// Why the answer has no such member, for Fault::misfit; empty: it has.
[[nodiscard]] std::string lacks_member(const Call& call, std::string_view name);
/// Sets or, without a value, drops a member of the answer; on an answer that is no object it does nothing.
void set_answer_member(Call& call, std::string_view name, std::optional<mimir::codec::Json> value);

/// Parameters as an object: a repeated one is a list. And back: what is no text is written as JSON.
[[nodiscard]] mimir::codec::Json document_of(const mimir::codec::Parameters& parameters);
[[nodiscard]] mimir::codec::Parameters parameters_of(const mimir::codec::Json& document);

}  // namespace mockoauth::server
