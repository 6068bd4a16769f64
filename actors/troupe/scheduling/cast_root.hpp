// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/scheduling/cast_checks.hpp"
#include "troupe/scheduling/cast_tree.hpp"
#include "troupe/scheduling/direct_core.hpp"
#include "troupe/scheduling/lane_core.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace troupe {

struct scheduler_status;

/// What follows from the events since the last `flush`.
struct root_actions {
  /// To be sent to clients, in this order.
  std::vector<multipart> messages{};

  /// For each leaf; those of most leaves may be empty.
  std::vector<cast_orders> orders{};

  /// Clients that could not be reached, for the hub.
  std::vector<client_id> gone_clients{};
};

/// The rules of the root: it knows the clients, their credit, and on how many
/// leaves each call goes on. All about engines is up to the leaves.
///
/// Takes events; nothing is sent before `flush`. Knows no clock.
class cast_root : public lane_core {
public:
  /// @pre `1 <= leaves <= leaves_at(max_broadcast_depth)`
  cast_root(const direct_scheduler_config& cfg, std::uint32_t leaves);

  // -- events -----------------------------------------------------------------

  /// Lets a client join with its token.
  void admit(client_id id, std::uint64_t token);

  /// Gives up a client: what leaves report for it is discarded.
  void lose(client_id id);

  /// Notes what is cancelled before it came. All else is up to the leaves.
  /// @returns how many results that are
  cancel_counts cancel(client_id id, const cancel_request& what);

  /// Takes what a leaf has.
  void collect(leaf_report report);

  /// Sends again what came back.
  void tick() {
    outbox_.resend();
  }

  // -- actions ----------------------------------------------------------------

  /// Returns all that is to be done.
  root_actions flush();

  // -- properties -------------------------------------------------------------

  /// Whether something waits for `tick`.
  bool needs_tick() const noexcept {
    return outbox_.holds();
  }

  /// What was accepted, reported and dropped here.
  scheduler_status status() const;

  /// Says why a result is not there with which its leaf is done; number 0:
  /// counts them, with an example.
  wait_reports why(const task_id& id) const;

  /// Looks for contradictions between all tables. For tests, after `flush`.
  /// @returns the first one found, or an empty string.
  std::string validate() const;

private:
  /// A bit per leaf.
  using leaf_set = std::uint32_t;

  /// A call until it ended on all its leaves.
  struct call {
    const wire::CastEntry& entry() const noexcept {
      return batch->calls.entries[index];
    }

    std::shared_ptr<const cast_submission> batch{};
    std::uint32_t index = 0;
    std::uint64_t bytes = 0;
    leaf_set open_leaves = 0;

    /// What is reported together.
    std::vector<leaf_results> kept{};
  };

  struct client {
    client_record* peer = nullptr;
    cast_load load{};
    std::unordered_map<task_number, call> calls{};
  };

  // -- engines join leaves, not the root --------------------------------------

  bool joined(const engine_record&) const override {
    return false;
  }

  void enter(engine_record&) override {
    // nop
  }

  void leave(engine_record&) override {
    // nop
  }

  void strand(engine_record&) override {
    // nop
  }

  void withdraw(engine_record&) override {
    // nop
  }

  void collect(engine_record&, const message_view&) override {
    // nop
  }

  void undo(engine_record*, bool, multipart) override {
    // nop
  }

  // -- calls ------------------------------------------------------------------

  void submit(client_record& sender, message_view message) override;
  leaf_set accept(client& from,
                  const std::shared_ptr<const cast_submission>& batch);
  leaf_set leaves_of(const cast_batch_view& calls,
                     const wire::CastEntry& entry) const;
  void deliver(client& to, leaf_results results);
  void end(client& of, const leaf_end& x);

  /// Why number `k` of a call is not there with which its leaf is done.
  wait_report reason_of(const call& x, std::uint32_t k) const;
  wait_report why(const client& of, task_number number) const;

  direct_scheduler_config cfg_;
  std::uint32_t leaves_;
  std::unordered_map<client_id, client> clients_;

  // Of this round.
  std::vector<cast_orders> orders_;
};

} // namespace troupe
