// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe {

/// An address such as `tcp://127.0.0.1:5555`, `ipc:///run/x.sock` or
/// `inproc://x`.
struct endpoint {
  enum class transport : std::uint8_t { tcp, ipc, inproc };

  /// Longest path of an ipc endpoint that the operating system takes.
  static constexpr std::size_t max_ipc_path = 107;

  /// Reads an endpoint. Other transports fail with `ec::bad_endpoint` and a
  /// sentence that says what is wrong and what to try.
  static caf::expected<endpoint> parse(std::string_view text);

  transport via{};

  /// tcp: the host, IPv6 in brackets, or `*`. ipc: the path. inproc: the name.
  std::string where{};

  /// tcp only; 0 = any free one (`*`).
  std::uint16_t port = 0;

  /// tcp: whether the host is a loopback address. ipc, inproc: true.
  bool local() const;
};

/// Returns the endpoint as ZeroMQ reads it.
/// @relates endpoint
std::string to_string(const endpoint& x);

} // namespace troupe
