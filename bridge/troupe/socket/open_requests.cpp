// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/open_requests.hpp"

#include <cstring>
#include <random>
#include <span>
#include <utility>

namespace troupe {

namespace {

open_requests::number random_number() {
  std::random_device source;
  return (static_cast<open_requests::number>(source()) << 32) + 1;
}

} // namespace

open_requests::open_requests(std::size_t bound)
  : bound_(bound), first_(random_number()), next_(first_) {
  // nop
}

open_requests::number open_requests::add(open_request request) {
  requests_.emplace_hint(requests_.end(), next_, std::move(request));
  return next_++;
}

open_request open_requests::take_front() {
  auto node = requests_.extract(requests_.begin());
  return std::move(node.mapped());
}

std::optional<open_request> open_requests::take(number id) {
  auto node = requests_.extract(id);
  if (node.empty())
    return std::nullopt;
  return std::move(node.mapped());
}

template <class Predicate>
std::vector<open_request> open_requests::take_if(Predicate matches) {
  std::vector<open_request> result;
  for (auto i = requests_.begin(); i != requests_.end();) {
    if (!matches(i->second)) {
      ++i;
      continue;
    }
    result.push_back(std::move(i->second));
    i = requests_.erase(i);
  }
  return result;
}

std::vector<open_request> open_requests::take_expired(time_point now) {
  std::vector<open_request> result;
  while (!empty() && front().deadline <= now)
    result.push_back(take_front());
  return result;
}

void open_requests::mark_lost() noexcept {
  for (auto& [id, x] : requests_)
    x.lost = x.sent;
}

std::vector<open_request> open_requests::take_lost() {
  return take_if([](const open_request& x) { return x.lost; });
}

std::vector<open_request> open_requests::take_all() {
  return take_if([](const open_request&) { return true; });
}

void open_requests::mark_sent(number id) {
  if (auto i = requests_.find(id); i != requests_.end())
    i->second.sent = true;
}

open_requests::time_point open_requests::deadline() const noexcept {
  return empty() ? time_point::max() : requests_.begin()->second.deadline;
}

void open_requests::write(number id, multipart& message) {
  auto head = buffer::copy_of(std::as_bytes(std::span{&id, 1}));
  message.frames.insert(message.frames.begin(), {std::move(head), buffer{}});
}

std::optional<open_requests::number>
open_requests::read(const multipart& message) const noexcept {
  auto& frames = message.frames;
  auto id = number{0};
  if (frames.size() < 2 || frames[0].size() != sizeof(id) || !frames[1].empty())
    return std::nullopt;
  std::memcpy(&id, frames[0].data(), sizeof(id));
  if (id < first_ || id >= next_)
    return std::nullopt;
  return id;
}

void open_requests::strip(multipart& message) {
  message.frames.erase(message.frames.begin(), message.frames.begin() + 2);
}

} // namespace troupe
