#pragma once

#include <internal/context.hpp>
#include <internal/metadata.hpp>
#include <mimir/oauth/token_storage.hpp>

namespace mimir::oauth::internal {

/// The registration of this program for a configuration (RFC 7591): the one that is kept, brought up to what is wanted now
/// (RFC 7592 §2.2) where the provider lets us; or a new one, kept before it is used. However many threads and processes ask
/// at once, one registers. `registration.not_offered` where there is no way to register.
Result<StoredLogin> ensure_registered(const OAuthConfig& config, const Metadata& metadata, const Context& context);

/// After `invalid_client`: the registration is given up, so that the next login makes a new one.
/// @returns false when that must not be: one that replaced a refused one and never worked is not replaced within the hour,
///          else a server that refuses whatever it registered is filled with registrations.
[[nodiscard]] bool give_up_registration(const OAuthConfig& refused, const Context& context);

/// Remembers that a login with this registration came to its end.
void note_registration_works(const OAuthConfig& config, const StoredLogin& record, const Context& context);

/// Secret and method of the registration that a stored login was made with: they may have been replaced since.
void use_current_credential(OAuthConfig& config, TokenStorage& storage);

/// Ends the registration at the provider where it lets us (RFC 7592 §2.3), and forgets it here in any case.
/// @returns whether the provider has ended it.
Result<bool> end_registration(const OAuthConfig& config, const Context& context);

}  // namespace mimir::oauth::internal
