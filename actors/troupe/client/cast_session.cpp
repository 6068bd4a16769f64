// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/cast_session.hpp"

#include "troupe/protocol/cast_batch.hpp"

namespace troupe {

/// Makes `Cast`s.
class cast_session::writer {
public:
  bool takes(std::size_t inline_bytes, std::size_t frames,
             std::size_t frame_bytes) const noexcept {
    return out_.takes(inline_bytes, frames, frame_bytes);
  }

  bool empty() const noexcept {
    return out_.empty();
  }

  multipart finish() {
    return out_.finish();
  }

  void add(const batch& x, task_number number, std::span<const std::byte> bytes,
           std::span<const buffer> frames) {
    auto& calls = x.calls;
    auto& plan = *calls.cast;
    auto encoding = calls.text ? wire::Encoding::Text : wire::Encoding::Codec;
    out_.add({number, value(calls.function), calls.signature, 0, 0, 0, 0,
              plan.item_size, 0, 0, static_cast<std::uint8_t>(encoding),
              plan.flags, 0, 0},
             bytes, frames, plan.engines_of((number - x.first) / x.fan));
  }

private:
  cast_batch_builder out_;
};

void cast_session::submit(queued_calls x) {
  auto fan = x.calls.cast->fan();
  add(std::move(x), fan, 0, {});
}

std::vector<multipart> cast_session::take_casts(std::size_t max_messages) {
  writer out;
  return take(max_messages, out);
}

void cast_session::returned(multipart message, const std::string& sentence) {
  auto view = message_view::make(std::move(message));
  if (!view)
    return;
  auto batch = read_casts(*view);
  if (!batch)
    return;
  std::vector<task_range> results;
  for (auto& x : batch->entries)
    results.push_back({x.id(), x.engines()});
  fail(results, sentence);
}

} // namespace troupe
