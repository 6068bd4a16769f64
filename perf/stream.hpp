// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/compete.hpp"
#include "troupe/copy_policy.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::perf {

/// One run of messages from a PUSH to a PULL socket.
struct stream_job {
  std::size_t count = 0;

  /// Bytes per message.
  std::size_t size = 0;

  /// Messages per send. One, except on the actor path.
  std::size_t batch = 1;
};

/// What stays the same from run to run.
struct stream_setup {
  std::string transport;
  copy_policy copy{};

  /// High-water mark of both sockets; 0 = none, so that the rate of the send
  /// calls alone can be told.
  int hwm = 1000;

  /// Whether links between actors use the bridge's own framing.
  bool bridged = false;

  /// Whether handlers of actors run on the pump's thread.
  bool on_pump = false;
};

/// Reads a copy policy that the flags let pass. `auto` is measured.
copy_policy to_policy(const std::string& text, const std::string& transport);

/// What the sending side says after a run.
struct send_report {
  /// Time of the send calls alone.
  double seconds = 0;

  /// Messages with a release callback of their own.
  std::size_t borrowed = 0;

  /// Release callbacks that ran.
  std::size_t released = 0;

  /// When the first send began, by `steady_seconds`.
  double began = 0;
};

/// What the receiving side saw.
struct receive_report {
  /// From the first receive to the last.
  double seconds = 0;

  /// Messages after the first receive, which may bring several.
  std::size_t counted = 0;

  /// When the last message was there, by `steady_seconds`.
  double ended = 0;
};

/// Reads the clock that all processes of a machine share.
double steady_seconds();

/// Makes what all messages of a run carry.
std::vector<char> make_stream_payload(std::size_t size);

/// Whether `text` is that payload.
bool is_stream_payload(std::string_view text);

/// Puts the figures of a run together. Where one delivery brought most of the
/// messages, the rate counts from the first send. Throws `std::runtime_error`
/// if not all that was borrowed was released.
measurement to_measurement(const stream_job& job, const send_report& sent,
                           const receive_report& received);

/// Returns how many messages of `size` bytes make a run long enough to be
/// measured and small enough for the memory: at most `bytes` in all.
std::size_t stream_count(std::size_t size, std::size_t most, std::size_t bytes);

/// Returns an endpoint to bind to that is no file.
std::string make_endpoint(std::string_view transport);

// -- the order for the sending side, as a line --------------------------------

std::string to_line(const stream_job& job);

stream_job to_job(std::string_view line);

std::string to_line(const send_report& x);

send_report to_send_report(std::string_view line);

} // namespace troupe::perf
