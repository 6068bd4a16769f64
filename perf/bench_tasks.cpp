// SPDX-License-Identifier: BSL-1.0

#include "bench_tasks.hpp"

namespace troupe::perf {

std::string echo_text(std::string_view text) {
  return std::string{text};
}
TROUPE_TASK_AS(echo_text, "bench.echo_text");

array<double> echo_array(array<double> values) {
  return values;
}
TROUPE_TASK_AS(echo_array, "bench.echo_array");

digest digest_payload(buffer payload) {
  return digest_of(payload.text());
}
TROUPE_TASK_AS(digest_payload, "bench.digest");

} // namespace troupe::perf
