#pragma once

#include "models/api.hpp"

namespace mockoauth::server {

/// What OpenAI's APIs have in common.
[[nodiscard]] const ModelApi& openai_api();

}  // namespace mockoauth::server
