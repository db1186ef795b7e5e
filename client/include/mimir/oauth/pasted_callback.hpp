#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

#include <mimir/oauth/callback_server.hpp>

namespace mimir::oauth {

/// Where a person pastes the address at which the login ended, when the browser runs on another machine and cannot reach
/// the listener here: over SSH, in a container.
class PasteSource {
 public:
  virtual ~PasteSource() = default;
  /// The next line without its end. Nothing when none will follow, or within 100 ms of a requested stop. Blocking.
  virtual std::optional<Secret> read_line(std::stop_token stop) = 0;
};

/// Lines of a descriptor, for example standard input; one longer than 32 KiB is dropped. The descriptor stays the
/// caller's.
std::unique_ptr<PasteSource> make_descriptor_paste_source(int descriptor);

/// What became of a pasted line.
enum class PasteNotice {
  Accepted,        ///< It ended the login: the paste has won.
  NotAResponse,    ///< Neither a whole redirect URL nor `code#state`.
  AnotherLogin,    ///< Another state, host or path: it changed nothing (RFC 6749 §10.12).
};

/// Lets the listener and a paste race for one login; the first response with the right state wins, and both are judged
/// by the same rules. A bare code is not taken: nothing would tie it to this login.
///
/// @param listener, paste  must outlive the factory and its receivers; `paste` is read by one receiver at a time.
/// @param notify  called on a thread of the receiver's own; may be empty.
std::unique_ptr<CallbackReceiverFactory> make_racing_callback_factory(CallbackReceiverFactory& listener,
                                                                      PasteSource& paste,
                                                                      std::function<void(PasteNotice)> notify = {});

}  // namespace mimir::oauth
