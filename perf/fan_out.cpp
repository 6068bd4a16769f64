// SPDX-License-Identifier: BSL-1.0

#include "fan_out.hpp"

#include "bench_tasks.hpp"
#include "digest.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace troupe::perf {

std::vector<buffer> make_payload_buffers(std::size_t count, std::size_t size) {
  std::vector<buffer> result;
  result.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    result.push_back(buffer::adopt(make_marked_payload(i, size)));
  return result;
}

void cast_payloads(const client& session, const std::vector<buffer>& payloads,
                   std::size_t batch) {
  auto view = session.broadcast();
  std::vector<map_result<digest>> answers;
  for (std::size_t first = 0; first < payloads.size(); first += batch) {
    auto last = std::min(first + batch, payloads.size());
    answers.clear();
    for (auto i = first; i < last; ++i)
      answers.push_back(view.apply<digest_payload>(payloads[i]));
    for (auto i = first; i < last; ++i) {
      auto expected = digest_of(payloads[i].text());
      auto& of_all = answers[i - first];
      for (std::size_t k = 0; k < of_all.size(); ++k)
        if (of_all.get(k) != expected)
          throw std::runtime_error("the actor path changed an answer");
    }
  }
}

std::chrono::steady_clock::time_point
fan_out(const client& session, std::size_t engines, const buffer& payload) {
  std::vector<buffer> inputs(engines, payload);
  auto results = session.balanced().map<digest_payload>(inputs);
  results.completed(0);
  auto first = std::chrono::steady_clock::now();
  auto expected = digest_of(payload.text());
  std::set<engine_id> answered;
  for (std::size_t i = 0; i < engines; ++i) {
    if (results.get(i) != expected)
      throw std::runtime_error("the actor path changed an answer");
    if (!answered.insert(results.info(i).engine).second)
      throw std::runtime_error("an engine answered twice, another one never");
  }
  return first;
}

} // namespace troupe::perf
