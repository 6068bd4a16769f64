// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/copy_policy.hpp"
#include "troupe/link/arena_pool.hpp"
#include "troupe/link/link_header.hpp"
#include "troupe/link/message_bundle.hpp"
#include "troupe/multipart.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace troupe {

/// One ZeroMQ message of a link, ready to leave.
struct wire_message {
  multipart frames;

  /// What it completes, and what was copied into its arena.
  std::size_t messages = 0;
  std::size_t frames_copied = 0;
  std::size_t bytes_copied = 0;

  /// What lies behind its last frame, a reference that must be lent. 0 = there
  /// is none.
  std::size_t frames_shared = 0;
  std::size_t bytes_shared = 0;

  /// The message whose large frames travel in chunks before this one, in case
  /// that it has to be given back. Empty for all others: they can be read.
  multipart original{};
};

/// Packs the messages to one peer: many small ones share one wire message,
/// large frames are lent as they are, or in chunks.
class link_writer {
public:
  struct config {
    /// Larger frames travel beside the arena.
    std::size_t max_inline = 1024;
    /// Larger frames travel in chunks of this size. 0 = none does. Only for
    /// links that know epochs.
    std::size_t chunk_size = 0;
    /// Whether the reader lives in this process, so that large frames travel by
    /// reference.
    bool shares = false;
    /// Which of them are copied all the same.
    copy_policy copy{};
    /// 0 = this link knows no credit.
    std::uint32_t epoch = 0;
    /// ROUTER sockets: whom the messages go to.
    routing_id peer{};
  };

  /// Wire messages of one link that wait to leave, oldest first.
  using output = std::vector<wire_message>;

  /// @param pool outlives the writer.
  link_writer(arena_pool& pool, config cfg);

  /// Takes a message, and puts what is full into `out`.
  /// @pre `!message.frames.empty()`
  void add(multipart& message, output& out);

  /// Takes messages that were bundled for `layout`, and leaves `x` empty.
  /// @pre `!x.empty()`
  void add(message_bundle& x, output& out);

  /// Grants credit with the next wire message.
  void grant(const credit_grant& x) noexcept {
    grant_ = x;
  }

  /// Sends something with the next flush, to find out whether the peer lives.
  void nudge() noexcept {
    nudged_ = true;
  }

  /// Whether there is something that only `flush` lets go.
  bool pending() const noexcept {
    return !bundle_.empty() || grant_ || nudged_;
  }

  /// Puts the rest into `out`.
  void flush(output& out);

  /// Begins a new epoch, after a `flush`.
  void restart(std::uint32_t epoch) noexcept;

private:
  void append(multipart& message);

  void append_large(buffer&& frame);

  /// Whether there is as much besides the arena as shall leave at once.
  bool full() const noexcept;

  void add_chunked(multipart& message, output& out);

  wire_message finish();

  buffer finish_head();

  arena_pool* pool_;
  config config_;
  credit_grant grant_{};
  bool nudged_ = false;
  std::uint32_t last_chunked_ = 0;

  // The open wire message.
  message_bundle bundle_;
  std::vector<buffer> large_;
  std::size_t large_bytes_ = 0;

  /// Large frames that were copied.
  struct {
    std::size_t frames = 0;
    std::size_t bytes = 0;
  } copied_;
};

} // namespace troupe
