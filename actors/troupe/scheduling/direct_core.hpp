// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/limits.hpp"
#include "troupe/scheduling/cast_tree.hpp"
#include "troupe/scheduling/direct_line.hpp"
#include "troupe/scheduling/lane_core.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
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

  /// Its place among the leaves, if it is one: clients are the root's then.
  std::optional<leaf_place> place{};
};

/// A client as the direct scheduler knows it.
struct direct_client {
  client_id id{};

  /// Null in a leaf.
  client_record* peer = nullptr;

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

  /// When the first one of its calls became that.
  std::chrono::steady_clock::time_point since{};

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
/// themselves. Knows no clock: time is what `advance` says.
class direct_core : public lane_core {
public:
  explicit direct_core(const direct_scheduler_config& cfg);

  // -- events -----------------------------------------------------------------

  /// Lets an engine or a client join with its token.
  void admit(const engine_joined& x);
  void admit(client_id id, std::uint64_t token);

  /// Gives up an engine: its calls end as lost.
  void lose(engine_id id);

  /// Gives up a client: its waiting calls are dropped, its results discarded.
  void lose(client_id id);

  /// Cancels results of a client's calls, named by `direct_number`s. Nothing
  /// happens if there is no such client.
  cancel_counts cancel(client_id id, const cancel_request& what);

  /// Takes calls that the root accepted: those of engines of this leaf.
  /// @pre this is a leaf
  void take(const cast_orders& x);

  /// Sends again what came back.
  void tick();

  // -- actions ----------------------------------------------------------------

  /// Hands out calls and returns all that is to be done.
  scheduler_actions flush();

  /// Returns what is for the root, after `flush`. Empty if this is no leaf.
  leaf_report take_report() {
    return up_.flush();
  }

  // -- properties -------------------------------------------------------------

  /// Whether something waits for `tick`.
  bool needs_tick() const noexcept;

  /// When `tick` is due if it is not needed.
  static std::optional<time_point> next_due() {
    return std::nullopt;
  }

  /// Everything but the socket's counters and a scheme.
  scheduler_status status() const;

  /// Says why a result is not there; number 0: counts all by reason, with an
  /// example.
  wait_reports why(const task_id& id) const;

  /// Looks for contradictions between all tables. For tests, after `flush`.
  /// @returns the first one found, or an empty string.
  std::string validate() const;

private:
  // -- peers ------------------------------------------------------------------

  bool joined(const engine_record& engine) const override;
  void enter(engine_record& engine) override;
  void leave(engine_record& engine) override;
  void strand(engine_record& engine) override;
  void withdraw(engine_record& engine) override;
  void undo(engine_record* engine, bool gone, multipart message) override;

  /// What an engine takes with it.
  enum class loss {
    /// What was sent.
    sent,
    /// All calls.
    all,
    /// All calls, none of which began.
    unbegun,
  };

  /// Ends what an engine had.
  void strand(direct_engine& engine, loss what);

  direct_engine& of(const engine_record& x) {
    return engines_.at(x.id);
  }

  // -- calls ------------------------------------------------------------------

  void submit(client_record& client, message_view message) override;
  bool owns(engine_id id) const noexcept;
  std::uint32_t own_engines(const cast_batch_view& calls,
                            const wire::CastEntry& entry) const;

  /// Accepts all calls of an order.
  void accept(direct_client& client, const cast_order& order);
  void accept(direct_client& client, const cast_order& order,
              std::uint32_t index);

  /// Ends the call on an engine that is not there.
  void miss(direct_item x, engine_id id);

  /// Ends what is cancelled and did not begin.
  void abort(direct_item x);

  void list(direct_engine& engine);
  void dispatch(direct_engine& engine);

  /// Sends what was sent to the engine before, if it is the same.
  /// @returns the number of items.
  std::size_t repeat(const direct_engine& engine, std::size_t sendable);
  std::size_t build(const direct_engine& engine, std::size_t sendable);

  /// Adds a call with the engine's part of an array.
  void add_part(const wire::TaskEntry& header, const direct_item& item);

  // -- results ----------------------------------------------------------------

  void collect(engine_record& engine, const message_view& message) override;
  void conclude(direct_item x, wire::Outcome outcome, engine_id engine,
                const failure& why);

  /// Reports, or keeps, the result of an item that is in no line any more.
  /// @param owner keeps `bytes` alive
  void report(direct_item x, const wire::ResultEntry& entry,
              std::span<const std::byte> bytes, std::span<const buffer> frames,
              const buffer& owner);
  void report_kept(direct_call& call);

  /// Passes a result on to its client, or to the root.
  void deliver(const direct_client& client, const wire::ResultEntry& entry,
               std::span<const std::byte> bytes,
               std::span<const buffer> frames);

  direct_call& make_call();
  void release(direct_call& x);

  // -- waiting ----------------------------------------------------------------

  /// Why a result is not there that is item number `place` of an engine.
  wait_report reason_of(const direct_engine& engine, std::size_t place) const;

  /// The same for number `k` of a call that has no such item any more.
  wait_report reason_of(const direct_call& call, std::uint32_t k) const;

  wait_report why(const direct_client& client, task_number number) const;
  wait_reports count_reasons() const;

  // -- member variables -------------------------------------------------------

  direct_scheduler_config cfg_;
  std::unordered_map<engine_id, direct_engine> engines_;
  std::unordered_map<client_id, direct_client> clients_;

  /// Calls stay where they are.
  std::deque<direct_call> calls_;
  std::vector<direct_call*> free_;
  std::uint64_t last_key_ = 0;

  /// Engines have numbers below this one.
  std::uint32_t known_engines_ = 0;

  // Of this round.
  leaf_outbox up_;
  std::vector<direct_engine*> listed_;
  task_batch_builder builder_{batch_kind::dispatch};
  std::vector<std::uint64_t> last_keys_;
  frame_list last_message_;
};

} // namespace troupe
