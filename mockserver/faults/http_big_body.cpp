// A body that is larger than a client should read into its memory.
#include "protocol/answer_members.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

// In front of the last brace, so that it is still the same JSON object, with one more member.
void add_member(std::string& body, std::size_t bytes) {
  constexpr std::string_view kBefore = ",\"padding\":\"";
  const auto end = body.rfind('}');
  const auto taken = body.size() + kBefore.size() + 1;
  body.insert(end, std::string(kBefore) + std::string(bytes > taken ? bytes - taken : 0, 'x') + "\"");
}

void enlarge(Call& call, const Json& arguments) {
  const auto bytes = static_cast<std::size_t>(arguments.int_at("bytes").value_or(2 * 1024 * 1024));
  auto& body = call.answer->body;
  const auto document = answer_document(call);
  const bool has_members = document && document->is_object() && !document->as_object()->empty() && body.ends_with('}');
  if (has_members) {
    add_member(body, bytes);
  } else if (body.size() < bytes) {
    body.append(bytes - body.size(), ' ');
  }
}

}  // namespace

void register_http_big_body(Faults& faults) {
  constexpr std::int64_t kMost = 16 * 1024 * 1024;
  faults.add({.name = "http.big_body",
              .title = "The body of the answer is padded: by a member where it is a JSON object, else by spaces",
              .layer = "http",
              .phase = Phase::BeforeSend,
              .arguments = {{.name = "bytes", .kind = ArgumentKind::Number,
                             .meaning = "Its size; 2 MiB when left out, 16 MiB at most. `http.gzip` added after it makes a small "
                                        "answer of it that grows.",
                             .least = 1, .most = kMost}},
              .apply = enlarge});
}

}  // namespace mockoauth::server
