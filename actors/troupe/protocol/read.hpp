// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/envelope_view.hpp"
#include "troupe/multipart.hpp"
#include "troupe/protocol/pack.hpp"

#include <caf/expected.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

/// Reads messages in place. Nothing here trusts a peer: envelopes are verified
/// with tight limits, and every range is checked before it is handed out.
namespace troupe {

/// A message whose envelope passed verification.
class message_view {
public:
  /// Verifies the first frame of `message`; the others are its payload.
  /// Fails with `ec::bad_frames` or `ec::bad_envelope`.
  static caf::expected<message_view> make(multipart message);

  const routing_id& peer() const noexcept {
    return peer_;
  }

  wire::Body kind() const noexcept {
    return envelope_->body_type();
  }

  /// The body, or null if the message is of another kind.
  template <class Table>
  const Table* get() const noexcept {
    return envelope_->template body_as<Table>();
  }

  /// The frames behind the envelope.
  std::span<const buffer> payload() const noexcept {
    return std::span{frames_}.subspan(1);
  }

  /// The envelope's bytes, for whoever keeps parts of it.
  const buffer& header() const noexcept {
    return envelope_.bytes();
  }

private:
  message_view(routing_id peer, envelope_view<wire::Envelope> envelope,
               frame_list frames);

  routing_id peer_;
  envelope_view<wire::Envelope> envelope_;
  std::vector<buffer> frames_; // stay where they are when the view moves
};

/// The entries of a batch with all that they refer to. Valid as long as the
/// `message_view` it was read from; every entry's ranges lie inside.
template <class Entry>
struct batch_view {
  std::span<const Entry> entries;
  std::span<const std::byte> arena;
  std::span<const buffer> payload;

  std::span<const std::byte> bytes_of(const Entry& x) const noexcept {
    return arena.subspan(x.offset(), x.size());
  }

  std::span<const buffer> frames_of(const Entry& x) const noexcept {
    return payload.subspan(x.first_frame(), x.frames());
  }
};

using task_batch_view = batch_view<wire::TaskEntry>;
using result_batch_view = batch_view<wire::ResultEntry>;

/// Reads a `Submit` or a `Dispatch`. Fails with `ec::unexpected_message`,
/// `ec::bad_envelope` or `ec::bad_range`.
caf::expected<task_batch_view> read_tasks(const message_view& message);

/// What the tasks of a batch demand. Valid as long as the `message_view`.
struct demand_view {
  std::span<const wire::Demand> demands;
  std::span<const wire::Reference> references;
  std::span<const wire::Need> all_needs;
  std::string_view names;

  /// References of the three kinds.
  std::span<const wire::Reference> after(const wire::Demand& x) const {
    return references.subspan(x.first(), x.after());
  }

  std::span<const wire::Reference> follow(const wire::Demand& x) const {
    return references.subspan(x.first() + x.after(), x.follow());
  }

  std::span<const wire::Reference> targets(const wire::Demand& x) const {
    return references.subspan(x.first() + x.after() + x.follow(), x.targets());
  }

  /// What its engine has to have. Fails with `ec::bad_config`.
  caf::expected<resources> needs(const wire::Demand& x) const;
};

/// Reads what `tasks`, the batch of `message`, demand. Demands name tasks of
/// the batch in ascending order.
caf::expected<demand_view> read_demands(const message_view& message,
                                        const task_batch_view& tasks);

/// Reads how long the tasks of a `Dispatch` may run: their places in ascending
/// order.
caf::expected<std::span<const wire::RunLimit>>
read_limits(const message_view& message);

/// Reads a `Results`.
caf::expected<result_batch_view> read_results(const message_view& message);

/// Reads a list of functions. Entries with impossible ranges fail with
/// `ec::bad_range`. A null pointer is an empty list.
caf::expected<std::vector<function_description>>
read_functions(const wire::Functions* xs);

caf::expected<hello_message> read_hello(const wire::Hello& x);
welcome_message read_welcome(const wire::Welcome& x);
caf::expected<status_message> read_status(const wire::Status& x);

/// Reads a failure. Broken bytes give a failure that says so.
failure read_failure(std::span<const std::byte> bytes);

/// Reads a rejection. Broken bytes give one without a time.
rejection read_rejection(std::span<const std::byte> bytes);

} // namespace troupe
