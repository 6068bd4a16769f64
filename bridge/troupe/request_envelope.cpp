// SPDX-License-Identifier: BSL-1.0
#include "troupe/request_envelope.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace troupe {

namespace {

/// Number of frames up to the first empty one, it included; 0 without one.
std::size_t envelope_size(const frame_list& frames) {
  auto end = std::find_if(frames.begin(), frames.end(),
                          [](const buffer& x) { return x.empty(); });
  if (end == frames.end())
    return 0;
  return static_cast<std::size_t>(end - frames.begin()) + 1;
}

} // namespace

std::span<const buffer> payload_of(const multipart& request) noexcept {
  auto all = std::span{request.frames.data(), request.frames.size()};
  return all.subspan(envelope_size(request.frames));
}

multipart reply_to(const multipart& request, frame_list frames) {
  auto first = request.frames.begin();
  auto size = static_cast<std::ptrdiff_t>(envelope_size(request.frames));
  frames.insert(frames.begin(), first, first + size);
  return {request.peer, std::move(frames)};
}

multipart reply_to(const multipart& request, buffer frame) {
  frame_list frames;
  frames.push_back(std::move(frame));
  return reply_to(request, std::move(frames));
}

} // namespace troupe
