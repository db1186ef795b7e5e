#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/call.hpp"
#include <mockoauth/server/http.hpp>

namespace mockoauth::server {

/// Where the forms of a page may end up.
enum class PageLeads {
  Nowhere,   ///< It stays at this server.
  ToClient,  ///< By a redirect to the client, wherever that sends the browser on.
};

/// What takes the place of `{name}` in a wording.
using PageValues = std::vector<std::pair<std::string, std::string>>;

/// A wording of the pages (knob `pages.words`, else the usual one), with `{provider}` and these values filled in. No HTML.
[[nodiscard]] std::string page_words(const Call& call, std::string_view key, const PageValues& values = {});
/// The same, ready to stand in HTML.
[[nodiscard]] std::string page_html(const Call& call, std::string_view key, const PageValues& values = {});
/// All keys with their usual wording.
[[nodiscard]] const std::vector<std::pair<std::string_view, std::string_view>>& usual_page_words();

/// What a scope allows, in a sentence (knob `pages.scopes`), else its name. No HTML.
[[nodiscard]] std::string scope_sentence(const Call& call, const std::string& scope);

/// A page in the provider's colour and wording. Works without script; is not framed, not stored, and leaks no address (RFC
/// 9700 §4.2.4, §4.16).
/// @param title plain text. @param inner_html HTML that is right already.
[[nodiscard]] HttpResponse provider_page(const Call& call, int status, std::string_view title, std::string_view inner_html,
                                         PageLeads leads = PageLeads::Nowhere);

/// The same around one sentence, with a small line below.
[[nodiscard]] HttpResponse message_page(const Call& call, int status, std::string_view title, std::string_view text,
                                        std::string_view small = {});

/// Parts of forms. Texts are escaped here.
[[nodiscard]] std::string hidden_field(std::string_view name, std::string_view value);
[[nodiscard]] std::string action_button(std::string_view action, std::string_view label, bool is_main = false);
[[nodiscard]] std::string alert_html(std::string_view text);

}  // namespace mockoauth::server
