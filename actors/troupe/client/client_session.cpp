// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/client_session.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// Messages for each engine of a device, of what is sent at once: more even out
/// what the tasks of one message take longer than those of another.
constexpr auto messages_per_engine = std::size_t{4};

} // namespace

/// Makes `Submit`s, or `Dispatch`es for a device.
class client_session::writer {
public:
  /// @param size tasks that a message takes at most
  writer(bool for_device, std::size_t size)
    : for_device_(for_device),
      size_(size),
      out_(for_device ? batch_kind::dispatch : batch_kind::submit) {
    // nop
  }

  bool takes(std::size_t inline_bytes, std::size_t frames,
             std::size_t frame_bytes) const noexcept {
    return out_.size() < size_ && out_.takes(inline_bytes, frames, frame_bytes);
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
    out_.add(entry_of(number, calls), bytes, frames);
    if (calls.demands == nullptr)
      return;
    // All calls of a batch demand the same.
    if (std::exchange(last_, &x) == &x)
      out_.demand_again();
    else
      out_.demand(calls.demands->header, x.references, calls.demands->needs);
  }

private:
  wire::TaskEntry entry_of(task_number number, const encoded_calls& x) const {
    auto encoding = x.text ? wire::Encoding::Text : wire::Encoding::Codec;
    auto plain = for_device_; // a device knows no options
    return {number,
            value(x.function),
            x.signature,
            0,
            0,
            0,
            0,
            plain ? std::uint8_t{1} : std::max(x.attempts, std::uint8_t{1}),
            plain ? std::uint8_t{0} : x.retries,
            static_cast<std::uint8_t>(encoding),
            plain ? std::int8_t{0} : x.priority};
  }

  bool for_device_;
  std::size_t size_;
  task_batch_builder out_;
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

/// Returns how many tasks go into each message.
std::size_t client_session::message_size() const {
  if (engines_ == 0)
    return limits::batch_tasks;
  return std::clamp(waiting() / (engines_ * messages_per_engine),
                    std::size_t{1}, limits::batch_tasks);
}

std::vector<multipart> client_session::take_submits(std::size_t max_messages) {
  writer out{engines_ > 0, message_size()};
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
