// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/buffer.hpp"
#include "troupe/ids.hpp"
#include "troupe/limits.hpp"
#include "troupe/multipart.hpp"
#include "troupe/protocol/resources.hpp"
#include "troupe/wire/envelope_generated.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Writes messages. `pack_*` return the envelope; batches with payload come
/// out of a `batch_builder`.
namespace troupe {

/// A function as the registry conversation describes it.
struct function_description {
  function_id id{};
  std::uint64_t signature = 0;
  std::string name;
  /// Readable parameter and result types, such as `(f64) -> f64`.
  std::string signature_text;

  friend bool operator==(const function_description&,
                         const function_description&) = default;
};

struct hello_message {
  std::uint16_t version = limits::protocol_version;
  wire::Role role = wire::Role::Engine;
  std::string name;
  std::uint64_t incarnation = 0;
  std::uint32_t pid = 0;
  std::string host;
  std::vector<function_description> functions;
  /// What an engine has.
  resources means;
};

struct welcome_message {
  std::uint32_t id = 0;
  std::string name;
  std::uint64_t token = 0;
  std::uint32_t period_ms = 0;
  std::uint32_t max_misses = 0;
};

struct status_message {
  struct engine {
    engine_id id{};
    std::string name;
    std::uint32_t pid = 0;
    std::uint32_t load = 0;
    std::uint32_t silent_ms = 0;
    std::uint64_t done = 0;
    std::uint64_t failed = 0;
    bool ready = false;
    resources means{};
  };
  std::vector<engine> engines;
  std::vector<function_description> functions;
  std::uint64_t queued = 0, accepted = 0, reported = 0, redispatched = 0;
  std::uint32_t lost = 0;
  std::uint64_t dropped = 0;
  std::uint32_t clients = 0;
  std::uint64_t uptime_ms = 0;
  std::uint64_t frames_copied = 0, frames_lent = 0;
  std::uint64_t bytes_copied = 0, bytes_lent = 0;
  /// Name of the placement scheme.
  std::string scheme;
};

buffer pack_hello(const hello_message& x);
buffer pack_welcome(const welcome_message& x);
buffer pack_refusal(wire::RefusalCode code, std::string_view text);
buffer pack_ready();
buffer pack_goodbye(std::string_view reason);
buffer pack_ping(std::uint32_t sequence);
buffer pack_pong(std::uint32_t sequence, std::uint32_t queued,
                 std::uint64_t done);
buffer pack_status_query(bool subscribe);
buffer pack_status(const status_message& x);
buffer pack_shutdown(std::string_view reason);
buffer pack_join(std::uint64_t token, std::uint32_t connection = 0);
buffer pack_credit(std::uint32_t tasks, std::uint64_t bytes);
buffer pack_give_back(std::uint32_t tasks);

/// Bits of `wire::Demand::flags`. Those of `follow` are `follow_shift` higher
/// than those of `after`.
namespace demand_flags {

inline constexpr std::uint16_t any = 1;
inline constexpr std::uint16_t success = 2;
inline constexpr std::uint16_t failure = 4;
inline constexpr int follow_shift = 3;
inline constexpr std::uint16_t retry_elsewhere = 64;

} // namespace demand_flags

/// What a task demands, see `wire::Demand`. `after`, `follow` and `targets` are
/// numbers of references.
struct task_demand {
  std::uint32_t after = 0;
  std::uint32_t follow = 0;
  std::uint32_t targets = 0;
  std::uint32_t queue_ms = 0;
  std::uint32_t retry_ms = 0;
  std::uint32_t run_ms = 0;
  std::uint16_t flags = 0;

  friend bool operator==(const task_demand&, const task_demand&) = default;
};

/// What `wire::TaskEntry::priority` says in a `Dispatch`.
namespace dispatch_marks {

/// It runs only if the task right before it ended well.
inline constexpr std::int8_t early = 1;

} // namespace dispatch_marks

/// Which of the three batch messages a builder makes.
enum class batch_kind : std::uint8_t { submit, dispatch, results };

/// Collects entries, their small bytes and their payload frames, and makes one
/// message of them. `Entry` is `wire::TaskEntry` or `wire::ResultEntry`.
template <class Entry>
class batch_builder {
public:
  explicit batch_builder(batch_kind kind) : kind_(kind) {
    // nop
  }

  /// Whether something with these sizes still belongs into the current
  /// message. An empty builder takes anything.
  bool takes(std::size_t inline_bytes, std::size_t frames,
             std::size_t frame_bytes) const noexcept;

  /// Appends an entry. Sets its `offset`, `size`, `first_frame` and `frames`.
  /// The bytes begin at a multiple of 8 in the finished message.
  void add(const Entry& entry, std::span<const std::byte> inline_bytes,
           std::span<const buffer> frames);

  /// Lets the last entry demand something.
  /// @pre this builds a `Submit` that is not empty
  void demand(const task_demand& x, std::span<const std::uint64_t> references,
              const resources& needs = {});

  /// Lets the last entry demand the same as the one that demanded last.
  /// @pre `demands()`
  void demand_again();

  /// Limits the run time of the last entry.
  /// @pre this builds a `Dispatch` that is not empty
  void limit(std::uint32_t run_ms);

  /// Says which task the engine got right before the first entry.
  /// @pre this builds a `Dispatch`
  void behind(std::uint64_t key) noexcept {
    behind_ = key;
  }

  /// Whether any entry demands something.
  bool demands() const noexcept {
    return !demands_.empty();
  }

  bool empty() const noexcept {
    return entries_.empty();
  }

  std::size_t size() const noexcept {
    return entries_.size();
  }

  /// Makes the message and leaves the builder empty, with its memory.
  multipart finish(const routing_id& peer);

private:
  void add_need(std::string_view name, std::uint64_t amount);

  flatbuffers::Offset<wire::Dispatch> finish_dispatch(
    flatbuffers::FlatBufferBuilder& fbb,
    flatbuffers::Offset<flatbuffers::Vector<const wire::TaskEntry*>> entries,
    flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> arena);

  flatbuffers::Offset<wire::Submit> finish_submit(
    flatbuffers::FlatBufferBuilder& fbb,
    flatbuffers::Offset<flatbuffers::Vector<const wire::TaskEntry*>> entries,
    flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> arena);

  batch_kind kind_;
  std::vector<Entry> entries_;
  std::vector<wire::Demand> demands_;
  std::vector<wire::Reference> references_;
  std::vector<wire::Need> needs_;
  std::vector<wire::RunLimit> limits_;
  std::string names_; // of needs
  std::vector<std::byte> arena_;
  std::vector<buffer> frames_;
  std::size_t frame_bytes_ = 0;
  std::uint64_t behind_ = 0;
};

extern template class batch_builder<wire::TaskEntry>;
extern template class batch_builder<wire::ResultEntry>;

using task_batch_builder = batch_builder<wire::TaskEntry>;
using result_batch_builder = batch_builder<wire::ResultEntry>;

/// A failure as it travels in an arena: what `wire::Outcome` values other than
/// `Ok` carry.
struct failure {
  /// Type of the exception, or empty.
  std::string type;
  /// What happened, for people.
  std::string message;

  friend bool operator==(const failure&, const failure&) = default;
};

/// Appends `x` to `arena`. Long texts are cut to 64 KiB each.
void pack_failure(const failure& x, std::vector<std::byte>& arena);

/// What an `Outcome` of `Rejected` carries.
struct rejection {
  /// Time to wait before the task runs again; 0 = at once, but elsewhere.
  std::chrono::milliseconds retry_after{};
  failure why;

  friend bool operator==(const rejection&, const rejection&) = default;
};

/// Appends `x` to `arena`.
void pack_rejection(const rejection& x, std::vector<std::byte>& arena);

} // namespace troupe
