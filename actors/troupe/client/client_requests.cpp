// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/client_requests.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace troupe {

namespace {

call_book& book_of(client_state& state, bool direct) {
  if (direct)
    return state.casts;
  return state.session;
}

/// Says that a device cannot take back what it has.
error device_keeps(std::uint64_t dequeued) {
  auto text = std::string{"tasks that were sent cannot be cancelled in a "
                          "cluster with a device (scheme pure)"};
  if (dequeued > 0)
    text += "; " + std::to_string(dequeued) + " were cancelled before";
  return error{errc::usage, text,
               "start the cluster with --scheme leastload, or another one"};
}

} // namespace

std::optional<buffer> cancel(client_state& state, cancel_wish x) {
  auto count = std::min(x.count, x.group->size() - x.first);
  auto direct = x.group->names_engines();
  auto& book = book_of(state, direct);
  auto [dequeued, rest] = book.cancel(*x.group, x.first, count);
  auto with_device = !direct && state.device;
  if (with_device && book.in_flight(rest)) {
    x.answer.set_exception(std::make_exception_ptr(device_keeps(dequeued)));
    return std::nullopt;
  }
  if (with_device || rest.empty()) {
    x.answer.set_value({dequeued, 0, 0, count - dequeued});
    return std::nullopt;
  }
  if (direct)
    for (auto& y : rest)
      y.first |= direct_number;
  auto request = ++state.last_request;
  state.cancels[request] = {count, dequeued, std::move(x.answer)};
  return pack_cancel({request, x.mode, std::move(rest)});
}

std::optional<buffer> ask(client_state& state, why_wish x) {
  auto own = state.id && client_id{*state.id} == x.task.client;
  auto direct = is_direct(x.task.number);
  if (own
      && book_of(state, direct).holds_back(x.task.number & ~direct_number)) {
    x.answer.set_value({{wire::WaitReason::Credit, x.task}});
    return std::nullopt;
  }
  auto request = ++state.last_request;
  auto task = x.task;
  state.questions.emplace(request, std::move(x));
  return pack_why_query({request, task});
}

void answered(client_state& state, const wire::Cancelled& message) {
  auto node = state.cancels.extract(message.request());
  if (node.empty())
    return;
  auto& x = node.mapped();
  auto counts = read_cancelled(message);
  cancelled_tasks result{x.dequeued + counts.dequeued, counts.asked,
                         counts.killed, 0};
  auto alive = result.dequeued + result.asked + result.killed;
  result.done = x.count > alive ? x.count - alive : 0;
  x.answer.set_value(result);
}

void answered(client_state& state, const wire::Why& message) {
  auto node = state.questions.extract(message.request());
  if (node.empty())
    return;
  if (auto reports = read_why(message))
    node.mapped().answer.set_value(std::move(*reports));
  else
    node.mapped().answer.set_exception(std::make_exception_ptr(
      error{errc::failed, "the answer cannot be read"}));
}

void fail_requests(client_state& state, errc code,
                   const std::string& sentence) {
  auto problem = std::make_exception_ptr(error{code, sentence});
  for (auto& [id, x] : std::exchange(state.cancels, {}))
    x.answer.set_exception(problem);
  for (auto& [id, x] : std::exchange(state.questions, {}))
    x.answer.set_exception(problem);
}

} // namespace troupe
