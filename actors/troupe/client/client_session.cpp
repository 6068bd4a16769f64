// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/client_session.hpp"

#include <algorithm>

namespace troupe {

/// Makes `Submit`s.
class client_session::writer {
public:
  bool takes(std::size_t inline_bytes, std::size_t frames,
             std::size_t frame_bytes) const noexcept {
    return out_.takes(inline_bytes, frames, frame_bytes);
  }

  bool empty() const noexcept {
    return out_.empty();
  }

  multipart finish() {
    last_ = nullptr;
    return out_.finish({});
  }

  void add(const batch& x, task_number number, std::span<const std::byte> bytes,
           std::span<const buffer> frames) {
    auto& calls = x.calls;
    auto encoding = calls.text ? wire::Encoding::Text : wire::Encoding::Codec;
    out_.add({number, value(calls.function), calls.signature, 0, 0, 0, 0,
              std::max(calls.attempts, std::uint8_t{1}), calls.retries,
              static_cast<std::uint8_t>(encoding), calls.priority},
             bytes, frames);
    if (calls.demands == nullptr)
      return;
    // All calls of a batch demand the same.
    if (std::exchange(last_, &x) == &x)
      out_.demand_again();
    else
      out_.demand(calls.demands->header, x.references, calls.demands->needs);
  }

private:
  task_batch_builder out_{batch_kind::submit};
  const batch* last_ = nullptr;
};

void client_session::submit(queued_calls x) {
  std::vector<std::uint64_t> references;
  auto extra = std::size_t{0};
  if (x.calls.demands != nullptr) {
    auto& demands = *x.calls.demands;
    for (auto& reference : demands.references)
      references.push_back(reference.number());
    extra = references.size() + demands.needs.tags.size()
            + demands.needs.slots.size();
  }
  add(std::move(x), 1, extra * limits::reference_bytes, std::move(references));
}

std::vector<multipart> client_session::take_submits(std::size_t max_messages) {
  writer out;
  return take(max_messages, out);
}

void client_session::returned(multipart message, const std::string& sentence) {
  auto view = message_view::make(std::move(message));
  if (!view)
    return;
  auto batch = read_tasks(*view);
  if (!batch)
    return;
  std::vector<task_range> tasks;
  for (auto& x : batch->entries)
    tasks.push_back({x.id(), 1});
  fail(tasks, sentence);
}

} // namespace troupe
