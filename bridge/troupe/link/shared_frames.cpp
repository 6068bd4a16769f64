// SPDX-License-Identifier: BSL-1.0
#include "troupe/link/shared_frames.hpp"

#include "troupe/socket/handover.hpp"

#include <array>
#include <cstring>
#include <iterator>
#include <random>
#include <utility>

namespace troupe {

namespace {

/// Nobody but this process knows it, so that nobody else can make a reference.
using secret = std::array<std::uint32_t, 4>;

const secret& process_secret() {
  static const auto result = [] {
    std::random_device random;
    return secret{random(), random(), random(), random()};
  }();
  return result;
}

} // namespace

/// What a reference looks like.
struct shared_frames::reference {
  secret proof;
  shared_frames* where;
  /// Where its bytes are, so that a copy is no reference any more.
  const std::byte* self;
};

shared_frames::shared_frames(std::vector<buffer> frames)
  : frames_(std::move(frames)), bytes_(size) {
  static_assert(sizeof(reference) <= size);
  auto content = reference{process_secret(), this, bytes_.data()};
  std::memcpy(bytes_.data(), &content, sizeof(content));
}

buffer shared_frames::lend(std::vector<buffer> frames) {
  auto owner = caf::make_counted<shared_frames>(std::move(frames));
  auto bytes = std::span<const std::byte>{owner->bytes_};
  return {std::move(owner), bytes};
}

bool shared_frames::unfold(frame_list& xs) {
  if (xs.empty() || xs.back().size() != size)
    return false;
  reference content;
  std::memcpy(&content, xs.back().data(), sizeof(content));
  if (content.proof != process_secret() || content.self != xs.back().data())
    return false;
  take_back(content.where);
  auto frames = std::exchange(content.where->frames_, {});
  xs.pop_back();
  xs.insert(xs.end(), std::make_move_iterator(frames.begin()),
            std::make_move_iterator(frames.end()));
  return true;
}

} // namespace troupe
