// SPDX-License-Identifier: BSL-1.0

#include "bridge/link_samples.hpp"

#include "bridge/loopback.hpp"

namespace troupe::test {

multipart random_message(std::mt19937& random, std::size_t max_frames,
                         std::size_t max_size) {
  auto below = [&](std::size_t n) { return random() % n; };
  multipart result;
  for (auto n = 1 + below(max_frames); n > 0; --n) {
    // Small ones are more frequent.
    auto size = below(1 + below(1 + max_size));
    std::string text(size, static_cast<char>('a' + below(26)));
    if (size > 0)
      text.front() = static_cast<char>(random());
    result.frames.push_back(buffer::copy_of(text));
  }
  return result;
}

std::vector<std::vector<std::string>>
contents(const std::vector<multipart>& messages) {
  std::vector<std::vector<std::string>> result;
  for (auto& x : messages)
    result.push_back(texts(x));
  return result;
}

multipart received(const multipart& frames) {
  multipart result;
  result.peer = frames.peer;
  for (auto& frame : frames.frames)
    result.frames.push_back(buffer::copy_of(frame.bytes()));
  return result;
}

std::optional<ec> link_end::read(multipart frames) {
  auto reason = [](const caf::error& err) {
    return static_cast<ec>(err.code());
  };
  auto view = link_view::make(std::move(frames), limits);
  if (!view)
    return reason(view.error());
  fields = view->fields();
  if (fields.chunk)
    return assembler.add(fields.chunk, view->chunk());
  auto size = view->unpack(&assembler, messages);
  if (!size)
    return reason(size.error());
  bytes += *size;
  return std::nullopt;
}

} // namespace troupe::test
