// SPDX-License-Identifier: BSL-1.0
#include "troupe/link/link_writer.hpp"

#include "troupe/link/chunker.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

/// A wire message with that many frames besides its arena leaves at once.
constexpr auto max_large_frames = std::size_t{32};

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
  if (large_.size() >= max_large_frames
      || large_bytes_ >= config_.max_large_bytes)
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
    large_bytes_ += frame.size();
    large_.push_back(std::move(frame));
  }
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
  result.frames_copied = bundle_.frames();
  result.bytes_copied = bundle_.bytes();
  result.frames.peer = config_.peer;
  result.frames.frames.reserve(1 + large_.size());
  result.frames.frames.push_back(finish_head());
  for (auto& frame : large_)
    result.frames.frames.push_back(std::move(frame));
  large_.clear();
  large_bytes_ = 0;
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
