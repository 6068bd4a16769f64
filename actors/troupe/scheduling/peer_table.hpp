// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/ids.hpp"
#include "troupe/protocol/pack.hpp"
#include "troupe/scheduling/early_cancels.hpp"
#include "troupe/scheduling/placement.hpp"
#include "troupe/scheduling/prefetch.hpp"
#include "troupe/scheduling/task_history.hpp"
#include "troupe/scheduling/task_table.hpp"

#include <chrono>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace troupe {

struct engine_kind;
struct task_line;

/// What the scheduler knows about an engine.
struct engine_record {
  explicit engine_record(std::uint32_t hwm) : pace(hwm) {
    // nop
  }

  engine_id id{};
  std::uint64_t token = 0;
  std::vector<function_id> functions;

  /// Its tags and slots, and how much of each slot no task has taken.
  resources means;
  std::vector<std::uint64_t> free_slots;

  /// The connection that joined with the token; empty if none did. What number
  /// the peer gave it.
  routing_id peer;
  std::uint32_t connection = 0;

  /// Engines with the same functions, and the seat among them. Null unless the
  /// engine joined.
  engine_kind* kind = nullptr;
  placement::seat seat = 0;

  prefetch pace;

  /// The latest attempt that was sent when the engine was idle, 0 if it was
  /// answered, and when that was.
  std::uint64_t probe = 0;
  std::chrono::steady_clock::time_point probe_sent{};

  /// Tasks dispatched and not answered, and their argument bytes.
  task_list<&task::place> tasks;
  std::uint64_t bytes = 0;

  /// When it sent results last, or got a task while it had none.
  std::chrono::steady_clock::time_point heard{};

  /// Tasks that it was asked to give back and did not, how many it had when it
  /// was asked, and when to ask again if it does not have fewer.
  std::size_t wanted_back = 0;
  std::size_t asked_with = 0;
  std::chrono::steady_clock::time_point ask_again{};

  /// Whether to look for tasks that can be handed out early behind its last.
  bool has_news = false;

  /// Lines of tasks that may run only on some engines, such as this one.
  std::vector<task_line*> lines;

  std::uint64_t done = 0;
  std::uint64_t failed = 0;

  /// The dispatch that is being built.
  task_batch_builder batch{batch_kind::dispatch};

  bool joined() const noexcept {
    return kind != nullptr;
  }
};

/// What the scheduler knows about a client.
struct client_record {
  explicit client_record(std::uint32_t history) : history(history) {
    // nop
  }

  client_id id{};
  std::uint64_t token = 0;

  /// The connection that joined with the token; empty if none did. What number
  /// the peer gave it.
  routing_id peer;
  std::uint32_t connection = 0;

  /// The highest number of a task so far.
  task_number last_number = 0;

  /// What later tasks may depend on.
  task_history history;

  /// Tasks that were cancelled before they came.
  early_cancels cancelled;

  /// Tasks accepted and not reported, and their argument bytes.
  task_list<&task::siblings> tasks;
  std::uint64_t bytes = 0;

  /// The results that are being collected.
  result_batch_builder batch{batch_kind::results};

  /// Results that came back: the client does not keep up, or is away.
  std::vector<multipart> held;

  /// The connection broke. Results wait until the client joins again, or until
  /// it is given up.
  bool away = false;
};

/// Who is behind a connection: one of the two, or nobody.
struct peer_ref {
  engine_record* engine = nullptr;
  client_record* client = nullptr;

  explicit operator bool() const noexcept {
    return engine != nullptr || client != nullptr;
  }

  friend bool operator==(const peer_ref&, const peer_ref&) = default;
};

/// Knows peers by number, by token, and by connection once they joined.
/// Records stay where they are until they are erased.
class peer_table {
public:
  using engine_map = std::unordered_map<engine_id, engine_record>;
  using client_map = std::unordered_map<client_id, client_record>;

  /// Adds an engine. @returns null if the number or the token is in use.
  engine_record* add_engine(engine_id id, std::uint64_t token,
                            std::uint32_t hwm);

  /// Adds a client. @returns null if the number or the token is in use.
  /// @param history is the number of latest tasks that others may depend on
  client_record* add_client(client_id id, std::uint64_t token,
                            std::uint32_t history = limits::history);

  engine_record* find(engine_id id);
  client_record* find(client_id id);

  /// Returns who joined from a connection.
  peer_ref find(const routing_id& peer) const;

  /// Returns whom a token belongs to.
  peer_ref find_token(std::uint64_t token) const;

  /// Ties a peer to a connection. Its old connection, if any, is forgotten.
  /// @pre the connection belongs to nobody
  void connect(peer_ref x, const routing_id& peer);

  /// Forgets a peer's connection.
  void disconnect(peer_ref x);

  void erase(engine_record& x);
  void erase(client_record& x);

  engine_map& engines() noexcept {
    return engines_;
  }

  const engine_map& engines() const noexcept {
    return engines_;
  }

  const client_map& clients() const noexcept {
    return clients_;
  }

private:
  engine_map engines_;
  client_map clients_;
  std::unordered_map<std::uint64_t, peer_ref> tokens_;
  std::unordered_map<routing_id, peer_ref> connections_;
};

} // namespace troupe
