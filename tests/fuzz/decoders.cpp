// SPDX-License-Identifier: BSL-1.0

#include "fuzz/decoders.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace troupe::fuzz {

namespace {

constexpr auto all = std::array{
  decoder{"access_list", read_access_list, 256, 6},
  decoder{"arguments", read_arguments, 512, 10},
  decoder{"copy_policy", read_copy_policy, 32, 4},
  decoder{"endpoint", read_endpoint, 160, 6},
  decoder{"failure", read_failure, 64, 6},
  decoder{"give_back", read_give_back, 256, 2},
  decoder{"keys", read_keys, 256, 6},
  decoder{"lane_header", read_lane_header, 256, 6},
  decoder{"link", read_link, 1024, 5},
  decoder{"message", read_message, 1024, 12},
  decoder{"request", read_request, 64, 6},
  decoder{"resources", read_resources, 160, 4},
  decoder{"signature", read_signature, 96, 3},
  decoder{"task_id", read_task_id, 40, 3},
  decoder{"typed_messages", read_typed_messages, 1024, 8},
  decoder{"user_id", read_user_id, 160, 6},
  decoder{"write_link", write_link, 192, 1},
  decoder{"zap_question", read_zap_question, 256, 6},
};

volatile unsigned sink;

} // namespace

std::span<const decoder> decoders() {
  return all;
}

const decoder* find_decoder(std::string_view name) {
  auto i = std::find_if(all.begin(), all.end(),
                        [name](const decoder& x) { return x.name == name; });
  return i != all.end() ? &*i : nullptr;
}

void require(bool holds, const char* claim) {
  if (holds)
    return;
  std::fprintf(stderr, "does not hold: %s\n", claim);
  std::abort();
}

void touch(bytes xs) {
  auto sum = 0u;
  for (auto x : xs)
    sum += std::to_integer<unsigned>(x);
  sink = sum;
}

void touch(std::string_view text) {
  touch(std::as_bytes(std::span{text}));
}

} // namespace troupe::fuzz
