// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/ids.hpp"
#include "troupe/protocol/pack.hpp"
#include "troupe/scheduling/direct_line.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// A tree of direct schedulers: a root that clients talk to, and leaves with
/// the engines.
///
///     client --Cast--> root --cast_orders--> leaf --Dispatch--> engine
///     client <--Results-- root <--leaf_report-- leaf <--Results-- engine
///
/// Orders and reports are messages within a process: a payload is passed on by
/// reference, and results of a leaf in the messages in which they go to the
/// client.
namespace troupe {

/// A tree of depth `d` has 2^d leaves. Depth 0 = one scheduler does it all.
inline constexpr unsigned max_broadcast_depth = 5;

/// Returns what is wrong with a depth, if anything.
std::optional<std::string> check_broadcast_depth(std::int64_t depth);

/// Returns the number of leaves, 0 without a tree.
constexpr std::uint32_t leaves_at(unsigned depth) noexcept {
  return depth == 0 ? 0 : std::uint32_t{1} << depth;
}

/// Returns the leaf to which an engine belongs.
/// @pre `leaves > 0`
constexpr std::uint32_t leaf_of(engine_id id, std::size_t leaves) noexcept {
  return static_cast<std::uint32_t>(value(id) % leaves);
}

/// Which of the leaves one is.
struct leaf_place {
  std::uint32_t leaf = 0;
  std::uint32_t leaves = 1;

  bool owns(engine_id id) const noexcept {
    return leaf_of(id, leaves) == leaf;
  }
};

/// A `Cast` that the root accepted. A leaf takes what is for its engines.
struct cast_order {
  client_id client{};
  std::shared_ptr<const cast_submission> batch{};

  /// Numbers of results, ascending, that were cancelled before they came.
  std::vector<task_number> cancelled{};
};

/// What the root has for a leaf, in the order in which it came.
struct cast_orders {
  std::vector<cast_order> casts{};
};

/// Results of a leaf for one client, in `Results` messages without a receiver.
struct leaf_results {
  client_id client{};

  /// The call whose results these are, all that the leaf has of it: the number
  /// of its first result. 0 = they may go to the client at once.
  task_number call = 0;

  /// The number of one of them.
  task_number first = 0;

  std::uint32_t count = 0;
  std::vector<multipart> messages{};
};

/// A call that ended on all engines of a leaf.
struct leaf_end {
  client_id client{};
  task_number call = 0;
  std::uint32_t leaf = 0;
};

/// What a leaf has for the root.
struct leaf_report {
  std::vector<leaf_results> results{};
  std::vector<leaf_end> ends{};

  bool empty() const noexcept {
    return results.empty() && ends.empty();
  }
};

/// Collects what a leaf reports during a round.
class leaf_outbox {
public:
  /// Adds a result to those of a client.
  void report(client_id id, const wire::ResultEntry& entry,
              std::span<const std::byte> bytes, std::span<const buffer> frames);

  /// Adds all results of a call that are to be reported together.
  void gather(client_id id, task_number call, std::span<const kept_result> xs);

  /// Notes that a call ended here.
  void end(client_id id, task_number call, std::uint32_t leaf) {
    report_.ends.push_back({id, call, leaf});
  }

  /// Drops what is meant for a client.
  void forget(client_id id);

  /// Returns all that was collected.
  leaf_report flush();

private:
  /// Builds the messages of one `leaf_results`.
  class pile {
  public:
    void add(const wire::ResultEntry& entry, std::span<const std::byte> bytes,
             std::span<const buffer> frames);

    leaf_results take();

  private:
    result_batch_builder builder_{batch_kind::results};
    leaf_results done_;
  };

  std::map<client_id, pile> open_;
  pile gathered_;
  leaf_report report_;
};

} // namespace troupe
