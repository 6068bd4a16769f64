// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace troupe {

struct device_spec {
  /// Where those who ask connect their DEALERs, and where those who answer do.
  /// A device checks no keys, so both are ipc, or tcp on loopback.
  std::string front{};
  std::string back{};

  /// Bounds of one message, in bytes and frames, the routing id included. A
  /// peer that sends a larger frame is disconnected; messages beyond the other
  /// two are dropped and counted.
  std::size_t max_frame = std::size_t{256} << 20;
  std::size_t max_frames = 4096;
  std::size_t max_message = std::size_t{1} << 30;

  /// Messages that ZeroMQ queues per peer and direction. What somebody who
  /// asked does not read is dropped beyond that; who asks has to wait.
  int hwm = 4096;

  /// Is called, from the device's thread, if the device ends by itself: with a
  /// sentence for people. It must not throw, nor destroy the device, which
  /// would wait for its own thread.
  std::function<void(const std::string&)> on_failure{};
};

struct device_counters {
  /// Messages passed on from front to back, and from back to front.
  std::uint64_t requests = 0;
  std::uint64_t replies = 0;

  /// Messages that broke a bound, came from somebody who chose his own routing
  /// id, or whose receiver is gone or does not read.
  std::uint64_t dropped = 0;
};

/// A plain ZeroMQ device on a thread of its own: what comes to the ROUTER in
/// front is dealt out in turn among the peers of the DEALER at the back, and
/// their answers go to whoever asked. An answer begins with the first frame of
/// what it answers. While there is no peer at the back, messages wait.
///
/// Knows nothing of what it carries: what was with a peer that goes away, is
/// lost.
class device {
public:
  /// Binds both sockets and starts the thread. Fails like the bridge's `open`,
  /// and with `ec::bad_config` for endpoints that others can reach.
  static caf::expected<std::unique_ptr<device>> start(device_spec spec);

  /// Ends the thread and closes the sockets. Messages under way are lost.
  ~device();

  device(const device&) = delete;

  device& operator=(const device&) = delete;

  /// The real endpoints, with ports in the place of wildcards.
  const std::string& front() const noexcept;
  const std::string& back() const noexcept;

  /// Thread-safe.
  device_counters counters() const noexcept;

private:
  struct impl;

  explicit device(std::unique_ptr<impl> pimpl) noexcept;

  std::unique_ptr<impl> pimpl_;
};

} // namespace troupe
