// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/limits.hpp"
#include "troupe/scheduling/direct_line.hpp"
#include "troupe/scheduling/outbox.hpp"
#include "troupe/scheduling/peer_table.hpp"
#include "troupe/scheduling/scheduler_actions.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace troupe {

struct engine_joined;
struct scheduler_status;

struct direct_scheduler_config {
  /// Credit of each client: results to come, and bytes of calls that have not
  /// ended on all their engines.
  std::uint32_t client_tasks = limits::client_tasks;
  std::uint64_t client_bytes = limits::client_bytes;

  /// Calls, and bytes of arguments, outstanding per engine.
  std::uint32_t engine_calls = limits::direct_window;
  std::uint64_t engine_bytes = limits::engine_bytes;

  /// When to send again what came back.
  std::chrono::milliseconds resend{20};
};

/// A client as the direct scheduler knows it.
struct direct_client {
  client_record* peer = nullptr;
  task_number last_number = 0;

  /// What it has taken of its credit.
  std::size_t open = 0;
  std::uint64_t bytes = 0;
};

/// An engine as the direct scheduler knows it.
struct direct_engine {
  engine_record* peer = nullptr;
  bool joined = false;
  direct_line line;

  /// Dispatches that came back because there was no room, in order. While
  /// there are any, nothing else is sent.
  std::vector<multipart> returned{};

  /// Whether it is in the list of engines to look at.
  bool listed = false;

  std::uint64_t done = 0;
  std::uint64_t failed = 0;
};

/// The rules of the direct scheduler: each call goes to the engines that it
/// names, in order, and has one result per engine, come what may.
///
///     Cast -> accept -> [line per engine] -> Dispatch -> (engine) -> Results
///                           |                                          |
///                           +-- lost: EngineLost ----> report <--------+
///
/// Calls keep the memory in which they came, and so do their dispatches: all
/// engines of a call share one payload, and as a rule one envelope.
///
/// Takes events; nothing is sent before `flush`, so that batches form by
/// themselves. Knows no clock.
class direct_core {
public:
  explicit direct_core(const direct_scheduler_config& cfg);

  direct_core(const direct_core&) = delete;

  direct_core& operator=(const direct_core&) = delete;

  // -- events -----------------------------------------------------------------

  /// Lets an engine or a client join with its token.
  void admit(const engine_joined& x);
  void admit(client_id id, std::uint64_t token);

  /// Gives up an engine: its calls end as lost.
  void lose(engine_id id);

  /// Gives up a client: its waiting calls are dropped, its results discarded.
  void lose(client_id id);

  /// Takes a message from the direct lane.
  void receive(multipart message);

  /// Takes back a message that could not be sent.
  void take_back(ec reason, multipart message);

  /// Sends again what came back.
  void tick();

  // -- actions ----------------------------------------------------------------

  /// Hands out calls and returns all that is to be done.
  scheduler_actions flush();

  // -- properties -------------------------------------------------------------

  /// Whether something waits for `tick`.
  bool needs_tick() const noexcept;

  /// Everything but the socket's counters and a scheme.
  scheduler_status status() const;

  /// Looks for contradictions between all tables. For tests, after `flush`.
  /// @returns the first one found, or an empty string.
  std::string validate() const;

private:
  // -- peers ------------------------------------------------------------------

  void join(const routing_id& peer, std::uint64_t token);
  void join(engine_record& engine, const routing_id& peer);
  void join(client_record& client, const routing_id& peer);
  void withdraw(peer_ref x);

  /// Ends what an engine had as lost: all of it, or what was sent.
  void strand(direct_engine& engine, bool all);

  void refuse(const routing_id& peer, wire::RefusalCode code,
              std::string_view text);

  // -- calls ------------------------------------------------------------------

  void submit(direct_client& client, message_view message);
  static bool plausible(const direct_client& client,
                        const cast_batch_view& calls);
  bool has_credit(const direct_client& client,
                  const cast_batch_view& calls) const;
  void accept(direct_client& client,
              const std::shared_ptr<const cast_submission>& batch,
              std::uint32_t index);

  /// Ends the call on an engine that is not there.
  void miss(direct_item x, engine_id id);

  void list(direct_engine& engine);
  void dispatch(direct_engine& engine);

  /// Sends what was sent to the engine before, if it is the same.
  /// @returns the number of items.
  std::size_t repeat(const direct_engine& engine, std::size_t sendable);
  std::size_t build(const direct_engine& engine, std::size_t sendable);

  /// Adds a call with the engine's part of an array.
  void add_part(const wire::TaskEntry& header, const direct_item& item);

  // -- results ----------------------------------------------------------------

  void collect(direct_engine& engine, const message_view& message);
  void conclude(direct_item x, wire::Outcome outcome, engine_id engine,
                const failure& why);

  /// Reports, or keeps, the result of an item that is in no line any more.
  /// @param owner keeps `bytes` alive
  void report(direct_item x, const wire::ResultEntry& entry,
              std::span<const std::byte> bytes, std::span<const buffer> frames,
              const buffer& owner);
  void report_kept(direct_call& call);

  direct_call& make_call();
  void release(direct_call& x);

  // -- member variables -------------------------------------------------------

  direct_scheduler_config cfg_;
  peer_table peers_;
  std::unordered_map<engine_id, direct_engine> engines_;
  std::unordered_map<client_id, direct_client> clients_;

  /// Calls stay where they are.
  std::deque<direct_call> calls_;
  std::vector<direct_call*> free_;
  std::uint64_t last_key_ = 0;

  /// Engines have numbers below this one.
  std::uint32_t known_engines_ = 0;

  // Of this round.
  outbox outbox_;
  scheduler_actions actions_;
  std::vector<direct_engine*> listed_;
  task_batch_builder builder_{batch_kind::dispatch};
  std::vector<const direct_call*> last_calls_;
  frame_list last_message_;
  std::vector<std::byte> scratch_;

  std::uint64_t accepted_ = 0;
  std::uint64_t reported_ = 0;
  std::uint64_t dropped_ = 0;
};

} // namespace troupe
