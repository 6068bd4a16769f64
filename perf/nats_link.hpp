// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/process/descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::perf {

/// A message from a NATS server. Valid until the next call.
struct nats_message {
  std::string_view reply_to;
  std::string_view payload;
};

/// A connection to a NATS server, as far as a flood needs it: subscribes and
/// publishes, many messages per system call. For one thread.
class nats_link {
public:
  /// Connects to a server on this machine. Throws `std::runtime_error`.
  explicit nats_link(std::uint16_t port);

  /// Gets messages for `subject`; members of the same `group` (if any) share
  /// them.
  void subscribe(std::string_view subject, std::string_view group = {});

  /// Adds a message to those that wait to leave.
  void publish(std::string_view subject, std::string_view reply_to,
               std::string_view payload);

  /// Returns when the server has handled all that came before.
  void synchronize();

  /// Bytes that wait to leave.
  std::size_t unsent() const noexcept {
    return out_.size() - sent_;
  }

  /// Takes a message that was received, if there is one.
  bool next(nats_message& x);

  /// Writes and reads what is possible; waits until something is, at most for
  /// so long (negative: no limit). Throws `std::runtime_error` if nothing is
  /// then, and if the server is gone.
  void exchange(int patience_ms = 30'000);

private:
  bool next_line(std::string_view& line);

  void write_some();

  void read_some();

  descriptor socket_;
  std::string out_;
  std::size_t sent_ = 0;
  std::string in_;
  std::size_t read_ = 0;
  unsigned pongs_ = 0;
};

} // namespace troupe::perf
