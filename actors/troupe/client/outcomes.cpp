// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/outcomes.hpp"

#include <numeric>

namespace troupe {

namespace {

/// What the entries and the envelope of a batch take beside one task's bytes.
constexpr auto header_room = std::size_t{64} << 10;

task_outcome::status status_of(std::uint8_t code) {
  using status = task_outcome::status;
  switch (static_cast<wire::Outcome>(code)) {
    case wire::Outcome::Ok:
      return status::ok;
    case wire::Outcome::Aborted:
      return status::aborted;
    case wire::Outcome::Timeout:
      return status::timed_out;
    case wire::Outcome::Impossible:
      return status::impossible;
    case wire::Outcome::EngineLost:
      return status::engine_lost;
    default:
      return status::failed;
  }
}

} // namespace

std::span<const buffer> frames_of(const encoded_calls& calls,
                                  const encoded_calls::call& x) {
  return std::span{calls.frames}.subspan(x.first_frame, x.frames);
}

std::size_t size_of(std::span<const buffer> frames) {
  return std::accumulate(frames.begin(), frames.end(), std::size_t{0},
                         [](std::size_t sum, const buffer& x) {
                           return sum + x.size();
                         });
}

std::string obstacle(const encoded_calls& calls, const encoded_calls::call& x) {
  auto size = x.size + header_room + size_of(frames_of(calls, x));
  if (size > limits::task_frame_bytes)
    return "arguments of " + std::to_string(size >> 20)
           + " MiB exceed the limit of "
           + std::to_string(limits::task_frame_bytes >> 20) + " MiB";
  if (x.frames > limits::batch_frames)
    return std::to_string(x.frames) + " large arguments exceed the limit of "
           + std::to_string(limits::batch_frames);
  return {};
}

task_outcome outcome_of(const message_view& message,
                        const result_batch_view& batch,
                        const wire::ResultEntry& x) {
  if (x.status() == static_cast<std::uint8_t>(wire::Outcome::Rejected)) {
    auto why = read_rejection(batch.bytes_of(x)).why.message;
    auto result =
      failed_outcome(task_outcome::status::impossible,
                     {"rejected", "its engine rejected it, and a device "
                                  "(scheme pure) does not run it again: "
                                    + why});
    result.engine = engine_id{x.engine()};
    return result;
  }
  task_outcome result;
  result.state = status_of(x.status());
  result.attempts = x.attempts();
  result.engine = engine_id{x.engine()};
  result.started_ns = x.started_ns();
  result.run_ns = x.run_ns();
  if (auto bytes = batch.bytes_of(x); !bytes.empty()) {
    auto offset = bytes.data() - message.header().data();
    result.bytes = message.header().slice(static_cast<std::size_t>(offset),
                                          bytes.size());
  }
  auto frames = batch.frames_of(x);
  result.frames.assign(frames.begin(), frames.end());
  return result;
}

task_outcome failed_outcome(task_outcome::status state, const failure& x) {
  std::vector<std::byte> bytes;
  pack_failure(x, bytes);
  task_outcome result;
  result.state = state;
  result.bytes = buffer::adopt(std::move(bytes));
  return result;
}

} // namespace troupe
