// SPDX-License-Identifier: BSL-1.0

#include "raw_dispatcher.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace troupe::perf {

namespace {

struct entry_head {
  std::uint64_t number = 0;
  std::uint64_t size = 0;
};

/// Calls `f` with number, bytes and size of each entry.
template <class Function>
void for_each_entry(const raw_dispatcher::bytes& message, Function f) {
  for (std::size_t at = 0; at < message.size();) {
    entry_head head;
    if (message.size() - at < sizeof(head))
      throw std::runtime_error("the raw path got half an entry");
    std::memcpy(&head, message.data() + at, sizeof(head));
    at += sizeof(head);
    if (message.size() - at < head.size)
      throw std::runtime_error("the raw path got half an entry");
    f(head.number, message.data() + at, head.size);
    at += head.size;
  }
}

} // namespace

raw_dispatcher::raw_dispatcher(std::size_t workers, std::size_t most_per_worker)
  : most_(most_per_worker), loads_(workers) {
  // nop
}

void raw_dispatcher::submit(const bytes& message) {
  for_each_entry(message, [this](auto number, auto data, auto size) {
    queue_.push_back({number, bytes(data, data + size)});
  });
}

void raw_dispatcher::collect(const bytes& message) {
  for_each_entry(message, [this](auto number, auto data, auto size) {
    auto i = workers_.find(number);
    if (i == workers_.end())
      throw std::runtime_error("the raw path got an answer twice");
    --loads_[i->second];
    workers_.erase(i);
    append_entry(answers_, number, data, size);
  });
}

std::vector<raw_dispatcher::bytes> raw_dispatcher::flush() {
  std::vector<bytes> result(loads_.size());
  while (!queue_.empty()) {
    auto least = std::min_element(loads_.begin(), loads_.end());
    if (*least >= most_)
      break;
    ++*least;
    auto worker = static_cast<std::size_t>(least - loads_.begin());
    auto& x = queue_.front();
    append_entry(result[worker], x.number, x.arguments.data(),
                 x.arguments.size());
    workers_.emplace(x.number, worker);
    queue_.pop_front();
  }
  result.push_back(std::exchange(answers_, {}));
  return result;
}

void append_entry(raw_dispatcher::bytes& message, std::uint64_t number,
                  const std::byte* data, std::size_t size) {
  entry_head head{number, size};
  auto bytes = reinterpret_cast<const std::byte*>(&head);
  message.insert(message.end(), bytes, bytes + sizeof(head));
  message.insert(message.end(), data, data + size);
}

std::vector<std::uint64_t> numbers_in(const raw_dispatcher::bytes& message) {
  std::vector<std::uint64_t> result;
  for_each_entry(message,
                 [&](auto number, auto, auto) { result.push_back(number); });
  return result;
}

} // namespace troupe::perf
