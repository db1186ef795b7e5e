#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace mockoauth::server {

/// A connection that has come and not yet asked for anything.
struct Arrival {
  /// How far it is.
  enum class At {
    Accept,     ///< Nothing was read.
    Handshake,  ///< TLS only: the ClientHello was read, nothing is answered.
  };
  At at = At::Accept;
  std::size_t origin = 0;         ///< Of the server's origins, as HttpRequest::origin.
  std::string server_name = {};   ///< That the ClientHello names (RFC 6066 §3), in lower case; empty: none.
};

/// How a connection is met: as it should be, unless a rule wants it otherwise.
struct Welcome {
  /// What is done with it.
  enum class Deed {
    Serve,
    Close,    ///< The end of the stream, in order.
    Reset,    ///< RST.
    Stall,    ///< Nothing is answered, ever; closed after `stall`.
    Garbage,  ///< Bytes that belong to no protocol, then the end.
    Alert,    ///< Handshake only: TLS alert handshake_failure.
  };
  /// Handshake only: which certificate is shown.
  enum class Certificate { Good, Expired, NotYetValid, WrongHost, SelfSigned, UnknownCa, ForgedCa };

  Deed deed = Deed::Serve;
  std::chrono::milliseconds stall{600'000};
  Certificate certificate = Certificate::Good;
  bool old_protocol = false;      ///< Nothing newer than TLS 1.1 (RFC 8996).
  bool asks_for_certificate = false;  ///< The client may show one of its own (RFC 8705); none is no reason to refuse.
};

}  // namespace mockoauth::server
