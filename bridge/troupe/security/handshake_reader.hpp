// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/error.hpp"
#include "troupe/security.hpp"

#include <cstdint>
#include <string>

namespace troupe {

/// Finds out why handshakes of one socket fail. ZeroMQ tells a client whose key
/// is refused, but one that encrypts for another server's key only sees that
/// the server hangs up, again and again.
class handshake_reader {
public:
  struct finding {
    ec reason;
    std::string text;
  };

  /// Handshakes without a reason after which a client with keys holds the
  /// server's key for wrong.
  static constexpr int suspicious = 3;

  explicit handshake_reader(const security_spec& how);

  /// Explains a ZMQ_EVENT_HANDSHAKE_FAILED_... and its value.
  finding failed(std::uint16_t event, std::int32_t value);

  /// Learns that a handshake succeeded.
  void succeeded() noexcept {
    in_a_row_ = 0;
  }

private:
  enum class side : std::uint8_t { neither, client, server };

  finding failed_without_reason();

  side side_ = side::neither;
  bool curve_ = false;
  int in_a_row_ = 0;
};

} // namespace troupe
