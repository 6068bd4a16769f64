// SPDX-License-Identifier: BSL-1.0
#include "ring_sum.hpp"

#include <algorithm>
#include <functional>

using namespace troupe;

namespace {

/// Returns the sums of two arrays of the same size, in fresh memory.
buffer sum(const buffer& x, const buffer& y) {
  auto xs = x.as<double>();
  auto ys = y.as<double>();
  std::vector<double> result(xs.size());
  std::transform(xs.begin(), xs.end(), ys.begin(), result.begin(),
                 std::plus<>{});
  return buffer::adopt(std::move(result));
}

/// ZeroMQ puts some frames where no double may lie.
buffer aligned(buffer x) {
  return x.fits<double>() ? x : buffer::copy_of(x.bytes());
}

} // namespace

void ring_sum::place(std::size_t rank, std::size_t nodes) noexcept {
  rank_ = rank;
  nodes_ = nodes;
}

std::optional<buffer> ring_sum::start(const buffer& numbers) {
  auto count = numbers.size() / sizeof(double);
  chunks_.clear();
  for (auto i = std::size_t{0}; i < nodes_; ++i) {
    auto begin = count * i / nodes_ * sizeof(double);
    auto end = count * (i + 1) / nodes_ * sizeof(double);
    chunks_.push_back(numbers.slice(begin, end - begin));
  }
  steps_ = 2 * (nodes_ - 1);
  if (done())
    return std::nullopt;
  return chunks_[rank_];
}

caf::expected<std::optional<buffer>> ring_sum::take(buffer chunk) {
  auto step = 2 * (nodes_ - 1) - --steps_;
  auto& mine = chunks_[(rank_ + 2 * nodes_ - step) % nodes_];
  if (chunk.size() != mine.size())
    return make_error(ec::bad_frames, "arrays in the ring differ in size");
  mine = step < nodes_ ? sum(aligned(std::move(chunk)), mine)
                       : aligned(std::move(chunk));
  if (done())
    return std::optional<buffer>{};
  return std::optional{mine};
}
