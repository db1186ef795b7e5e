#pragma once

#include <optional>
#include <string>
#include <vector>

#include <mimir/codec/result.hpp>
#include <mockoauth/server/json_config.hpp>
#include <mockoauth/server/server.hpp>

namespace mockoauth::cli {

/// The configuration of another mock server that was asked for: the file of the option, else the text in the environment
/// variable JSON_CONFIG, else the file that JSON_CONFIG_PATH names. Nothing: none was. Errors say file, line and column.
mimir::codec::Expected<std::optional<server::JsonConfig>, std::string> asked_json_config(const std::string& option);

/// Serves its issuers, and any other from the first request for it on. @returns the issuers' URLs.
/// @param config must outlive the server.
mimir::codec::Result<std::vector<std::string>> serve_json_config(server::Server& server, server::RealmDefaults defaults,
                                                                 const server::JsonConfig& config);

}  // namespace mockoauth::cli
