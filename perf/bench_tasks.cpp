// SPDX-License-Identifier: BSL-1.0

#include "bench_tasks.hpp"

#include "raw_sleepers.hpp"
#include "troupe/process/descriptor.hpp"

#include <fcntl.h>
#include <stdexcept>
#include <sys/file.h>

namespace troupe::perf {

std::string echo_text(std::string_view text) {
  return std::string{text};
}
TROUPE_TASK_AS(echo_text, "bench.echo_text");

array<double> echo_array(array<double> values) {
  return values;
}
TROUPE_TASK_AS(echo_array, "bench.echo_array");

std::uint32_t nap(std::uint32_t number, std::uint32_t ms) {
  sleep_ms(ms);
  return number;
}
TROUPE_TASK_AS(nap, "bench.nap");

void pass_gate(std::string path) {
  descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (flock(file.get(), LOCK_SH) != 0)
    throw std::runtime_error("cannot wait for the gate");
}
TROUPE_TASK_AS(pass_gate, "bench.gate");

digest digest_payload(buffer payload) {
  return digest_of(payload.text());
}
TROUPE_TASK_AS(digest_payload, "bench.digest");

} // namespace troupe::perf
