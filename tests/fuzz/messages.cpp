// SPDX-License-Identifier: BSL-1.0
// The messages of the cluster: tasks, calls, control, registry, status.

#include "fuzz/input.hpp"
#include <troupe/engine/batch_cursor.hpp>
#include <troupe/protocol/cast_batch.hpp>
#include <troupe/protocol/control.hpp>
#include <troupe/protocol/read.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace troupe::fuzz {

namespace {

/// A message of the frame `envelope` and of `payload` frames of 0, 1, 2...
/// bytes.
multipart message_of(bytes envelope, std::size_t payload) {
  multipart result;
  // A copy of the exact size, so that a sanitizer sees reads beyond it.
  result.frames.push_back(buffer::copy_of(envelope));
  for (auto size = std::size_t{0}; size < payload; ++size)
    result.frames.push_back(buffer::copy_of(std::string(size, 'x')));
  return result;
}

/// Reads all of `xs`, which may be empty.
template <class T>
void touch_all(std::span<const T> xs) {
  touch(std::as_bytes(xs));
}

template <class Batch>
void touch_batch(const Batch& batch) {
  for (auto& entry : batch.entries) {
    touch(batch.bytes_of(entry));
    for (auto& frame : batch.frames_of(entry))
      touch(frame.bytes());
    touch_all(std::span{&entry, 1});
    read_failure(batch.bytes_of(entry));
  }
}

void touch_resources(const resources& x) {
  require(!tidy(x) ? false : *tidy(x) == x, "what was read is tidy");
  touch(to_string(x));
}

void touch_demands(const message_view& view, const task_batch_view& tasks) {
  auto demands = read_demands(view, tasks);
  if (!demands)
    return;
  for (auto& x : demands->demands) {
    touch_all(demands->after(x));
    touch_all(demands->follow(x));
    touch_all(demands->targets(x));
    if (auto needs = demands->needs(x))
      touch_resources(*needs);
  }
}

void touch_tasks(const message_view& view) {
  if (auto tasks = read_tasks(view)) {
    touch_batch(*tasks);
    touch_demands(view, *tasks);
    if (auto limits = read_limits(view))
      touch_all(*limits);
  }
  if (auto results = read_results(view))
    touch_batch(*results);
  if (auto casts = read_casts(view)) {
    touch_batch(*casts);
    for (auto& x : casts->entries) {
      require(x.engines() > 0, "a call has engines");
      // Any number of calls may share the largest range.
      touch(std::to_string(value(casts->engine(x, 0))));
      touch(std::to_string(value(casts->engine(x, x.engines() - 1))));
    }
  }
}

void touch_control(const message_view& view) {
  if (auto cancel = view.get<wire::Cancel>())
    if (auto x = troupe::read_cancel(*cancel)) {
      require(x->mode <= cancel_mode::kill, "the mode is one of three");
      for (auto& range : x->ranges)
        require(!range.contains(range.first) == (range.count == 0),
                "a range has its first number unless it is empty");
    }
  if (auto cancelled = view.get<wire::Cancelled>())
    touch(std::to_string(troupe::read_cancelled(*cancelled).asked));
  if (auto revoke = view.get<wire::Revoke>())
    if (auto x = troupe::read_revoke(*revoke))
      touch_all(std::span<const std::uint64_t>{x->keys});
  if (auto wish = view.get<wire::GiveBack>())
    touch(std::to_string(wish->tasks()));
  if (auto query = view.get<wire::WhyQuery>())
    touch(to_string(troupe::read_why_query(*query).task));
  if (auto why = view.get<wire::Why>())
    if (auto xs = troupe::read_why(*why))
      for (auto& x : *xs)
        touch(to_string(x));
}

void touch_functions(const std::vector<function_description>& xs) {
  for (auto& x : xs) {
    touch(x.name);
    touch(x.signature_text);
  }
}

void touch_registry(const message_view& view) {
  if (auto hello = view.get<wire::Hello>())
    if (auto x = troupe::read_hello(*hello)) {
      touch(x->name + x->host);
      touch_functions(x->functions);
      touch_resources(x->means);
    }
  if (auto welcome = view.get<wire::Welcome>())
    touch(troupe::read_welcome(*welcome).name);
  if (auto status = view.get<wire::Status>())
    if (auto x = troupe::read_status(*status)) {
      touch_functions(x->functions);
      touch(x->scheme);
      for (auto& engine : x->engines) {
        touch(engine.name);
        touch_resources(engine.means);
      }
    }
}

} // namespace

void read_message(bytes all) {
  if (all.empty())
    return;
  auto payload = std::to_integer<std::size_t>(all.front()) % 8;
  auto view = message_view::make(message_of(all.subspan(1), payload));
  if (!view)
    return;
  require(view->payload().size() == payload, "payload is the rest");
  touch_tasks(*view);
  touch_control(*view);
  touch_registry(*view);
}

void read_give_back(bytes all) {
  input in{all};
  auto left = static_cast<std::uint32_t>(in.byte());
  batch_cursor tasks{left};
  for (auto begun = in.byte(); begun > 0 && tasks.claim(); --begun)
    --left;
  auto end = tasks.end();
  while (!in.empty()) {
    auto view = message_view::make(message_of(in.take(in.byte()), 0));
    auto wish = view ? view->get<wire::GiveBack>() : nullptr;
    if (wish == nullptr)
      continue;
    auto taken = tasks.take_back(wish->tasks());
    require(taken == std::min(left, wish->tasks()), "as many as there are");
    left -= taken;
    end -= taken;
    require(tasks.left() == left && tasks.end() == end, "they are gone");
  }
}

void read_failure(bytes all) {
  auto exact = buffer::copy_of(all);
  auto x = troupe::read_failure(exact.bytes());
  touch(x.type);
  touch(x.message);
  auto rejected = troupe::read_rejection(exact.bytes());
  require(rejected.retry_after.count() >= 0, "waits are not negative");
  touch(rejected.why.message);
}

} // namespace troupe::fuzz
