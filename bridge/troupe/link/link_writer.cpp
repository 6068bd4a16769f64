// SPDX-License-Identifier: BSL-1.0
#include "troupe/link/link_writer.hpp"

#include "troupe/link/chunker.hpp"
#include "troupe/link/shared_frames.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

/// A wire message with this much besides its arena leaves at once.
constexpr auto max_large_frames = std::size_t{32};
constexpr auto max_large_bytes = std::size_t{64} << 10;

/// The same where the rest of the message costs more than a reference does.
constexpr auto max_shared_frames = std::size_t{256};

} // namespace

link_writer::link_writer(arena_pool& pool, config cfg)
  : pool_(&pool),
    config_(std::move(cfg)),
    bundle_(link_layout{config_.epoch != 0}) {
  config_.max_inline = std::min(config_.max_inline, message_bundle::max_frame);
}

void link_writer::add(multipart& message, output& out) {
  if (config_.chunk_size != 0)
    for (auto& frame : message.frames)
      if (frame.size() > config_.chunk_size)
        return add_chunked(message, out);
  if (!bundle_.empty() && !bundle_.fits(message, config_.max_inline))
    out.push_back(finish());
  append(message);
  if (full())
    out.push_back(finish());
}

void link_writer::add(message_bundle& x, output& out) {
  if (!bundle_.empty())
    out.push_back(finish());
  bundle_.swap(x);
}

void link_writer::flush(output& out) {
  if (pending())
    out.push_back(finish());
}

void link_writer::restart(std::uint32_t epoch) noexcept {
  config_.epoch = epoch;
  last_chunked_ = 0;
}

void link_writer::append(multipart& message) {
  auto missing = message.frames.size();
  for (auto& frame : message.frames) {
    --missing;
    if (frame.size() <= config_.max_inline && bundle_.fits(frame, missing)) {
      bundle_.copy(frame, missing == 0, *pool_);
      continue;
    }
    bundle_.note(wire::Place::Frame, missing == 0);
    append_large(std::move(frame));
  }
}

void link_writer::append_large(buffer&& frame) {
  large_bytes_ += frame.size();
  if (!config_.shares || !config_.copy.copies(frame.size())) {
    large_.push_back(std::move(frame));
    return;
  }
  ++copied_.frames;
  copied_.bytes += frame.size();
  large_.push_back(buffer::copy_of(frame.bytes()));
}

bool link_writer::full() const noexcept {
  if (config_.shares)
    return large_.size() >= max_shared_frames;
  return large_.size() >= max_large_frames || large_bytes_ >= max_large_bytes;
}

void link_writer::add_chunked(multipart& message, output& out) {
  if (!bundle_.empty())
    out.push_back(finish());
  auto copy = message;
  auto missing = message.frames.size();
  multipart rest;
  for (auto& frame : message.frames) {
    --missing;
    if (frame.size() <= config_.chunk_size) {
      bundle_.note(wire::Place::Frame, missing == 0);
      large_.push_back(std::move(frame));
      continue;
    }
    bundle_.note(wire::Place::Chunks, missing == 0);
    chunker chunks{std::move(frame), config_.chunk_size, config_.epoch,
                   ++last_chunked_};
    while (!chunks.done())
      out.push_back({chunks.next(config_.peer)});
  }
  out.push_back(finish());
  out.back().original = std::move(copy);
}

wire_message link_writer::finish() {
  wire_message result;
  result.messages = bundle_.messages();
  auto copied = std::exchange(copied_, {});
  result.frames_copied = bundle_.frames() + copied.frames;
  result.bytes_copied = bundle_.bytes() + copied.bytes;
  result.frames.peer = config_.peer;
  auto shares = config_.shares && !large_.empty();
  result.frames.frames.reserve(1 + (shares ? 1 : large_.size()));
  result.frames.frames.push_back(finish_head());
  auto bytes = std::exchange(large_bytes_, 0);
  if (shares) {
    result.frames_shared = large_.size() - copied.frames;
    result.bytes_shared = bytes - copied.bytes;
    result.frames.frames.push_back(
      shared_frames::lend(std::exchange(large_, {})));
    return result;
  }
  for (auto& frame : large_)
    result.frames.frames.push_back(std::move(frame));
  large_.clear();
  return result;
}

buffer link_writer::finish_head() {
  link_fields fields;
  fields.epoch = config_.epoch;
  fields.credit = std::exchange(grant_, {});
  nudged_ = false;
  return bundle_.empty() ? make_link_head(fields)
                         : bundle_.finish(fields, *pool_);
}

} // namespace troupe
