// SPDX-License-Identifier: BSL-1.0
#include "troupe/text_frames.hpp"

namespace troupe {

frame_list text_frames(std::initializer_list<std::string_view> texts) {
  frame_list result;
  for (auto text : texts)
    result.push_back(buffer::copy_of(text));
  return result;
}

std::string_view text_at(std::span<const buffer> frames,
                         std::size_t index) noexcept {
  return index < frames.size() ? frames[index].text() : std::string_view{};
}

std::string_view text_at(const multipart& message, std::size_t index) noexcept {
  return text_at(std::span{message.frames.data(), message.frames.size()},
                 index);
}

} // namespace troupe
