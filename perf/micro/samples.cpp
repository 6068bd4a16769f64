// SPDX-License-Identifier: BSL-1.0

#include "micro/samples.hpp"

namespace troupe::perf {

multipart make_submit(const routing_id& peer, task_number first,
                      std::size_t count, std::size_t size) {
  std::vector<std::byte> arguments(size);
  task_batch_builder builder{batch_kind::submit};
  for (std::size_t i = 0; i < count; ++i)
    builder.add({first + i, value(sample_function), 0, 0, 0, 0, 0, 1, 0, 0, 0},
                arguments, {});
  return builder.finish(peer);
}

multipart make_results(const routing_id& peer,
                       const std::vector<std::uint64_t>& keys) {
  const std::vector<std::byte> bytes(16);
  constexpr std::uint64_t run_ns = 100;
  result_batch_builder builder{batch_kind::results};
  for (auto key : keys)
    builder.add({key, run_ns, 1, 0, 0, 0, 0, 0,
                 static_cast<std::uint8_t>(wire::Outcome::Ok), 1, 0, 0},
                bytes, {});
  return builder.finish(peer);
}

multipart as_received(const multipart& x) {
  multipart result;
  result.peer = x.peer;
  for (const auto& frame : x.frames)
    result.frames.push_back(buffer::copy_of(frame.bytes()));
  return result;
}

} // namespace troupe::perf
