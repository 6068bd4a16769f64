// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "actor_host.hpp"
#include "harness/partner.hpp"
#include "stream.hpp"

#include <functional>
#include <memory>

namespace troupe::perf {

/// PUSH to PULL through the bridge: an actor sends messages to its socket, an
/// actor in another process (over inproc: another actor system) counts what
/// its socket delivers.
class actor_throughput {
public:
  explicit actor_throughput(const stream_setup& setup);

  ~actor_throughput();

  actor_throughput(const actor_throughput&) = delete;
  actor_throughput& operator=(const actor_throughput&) = delete;

  /// Moves the messages once. Throws `std::runtime_error` if one is missing or
  /// wrong.
  measurement run(const stream_job& job);

private:
  struct impl;

  std::unique_ptr<impl> pimpl_;
};

/// Spawns an actor that counts what a socket delivers; see `await_messages`.
caf::actor spawn_counter(actor_host& host, const socket_actor& socket);

/// Tells a counter what comes, then calls `start`, then waits until all is
/// there. Throws `std::runtime_error`.
receive_report await_messages(caf::scoped_actor& self,
                              const caf::actor& counter, const stream_job& job,
                              const std::function<void()>& start);

/// Sends the messages of one run to a socket as fast as its window allows.
send_report send_messages(caf::scoped_actor& self, const socket_actor& socket,
                          const stream_setup& setup, const stream_job& job);

/// The sending process.
role actor_push_role();

} // namespace troupe::perf
