#pragma once

#include <internal/oauth_failure.hpp>
#include <mimir/oauth/user_info.hpp>

namespace mimir::oauth::internal {

/// Reads an answer of the userinfo endpoint (OIDC Core §5.3.2, §5.3.3). `user_info.sub` (AttackSuspected) when it is of
/// another user than the login: nothing of it may be used. `user_info.refused`, `user_info.malformed`,
/// `user_info.signed`; TryLater in an outage. None of them says anything about the login.
Result<UserInfo> read_user_info(const HttpResponse& response, const std::string& expected_subject,
                                const AnswerSource& source);

}  // namespace mimir::oauth::internal
