// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/scheduling/peer_table.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace troupe {

/// Collects what a round of events sends on the task lane: dispatches per
/// engine and results per client in batches, all else as it comes. Keeps
/// results that a client could not take.
class outbox {
public:
  /// Adds a message of its own.
  void send(const routing_id& peer, buffer envelope);

  /// Adds a task to the batch of its engine, as the attempt `key`.
  void dispatch(const task& x, std::uint64_t key);

  /// Adds a result to the batch of a client.
  void report(client_record& client, const wire::ResultEntry& entry,
              std::span<const std::byte> inline_bytes,
              std::span<const buffer> frames);

  /// Keeps results that came back: for `resend` if the client is connected,
  /// else for `deliver_held`.
  void hold(client_record& client, multipart results);

  /// Sends what was kept for a client to its new connection.
  void deliver_held(client_record& client);

  /// Sends again what came back from clients that did not keep up.
  void resend();

  /// Whether `resend` has something to do.
  bool holds() const noexcept {
    return !slow_.empty();
  }

  /// Drops what is meant for a client.
  void forget(client_record& client);

  /// Returns the messages of the round.
  std::vector<multipart> flush();

private:
  void close(client_record& client);

  std::vector<multipart> messages_;
  std::vector<engine_record*> engines_; // with a batch under construction
  std::vector<client_record*> clients_; // with a batch under construction
  std::vector<client_record*> slow_;    // with held results, and connected
};

/// The number of the current attempt as it travels.
std::uint8_t attempt_number(const task& x);

} // namespace troupe
