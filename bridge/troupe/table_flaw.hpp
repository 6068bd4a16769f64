// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/envelope_view.hpp"

#include <algorithm>
#include <string>

namespace troupe {

/// Says why `verifies` fails for these arguments, in a few words. Costs as much
/// again.
/// @relates verify_limits
template <class Root>
std::string table_flaw(const buffer& bytes, const char* identifier,
                       const verify_limits& limits) {
  auto broken = "it does not verify: offsets, lengths or alignment are wrong";
  if (bytes.size() < 8 || bytes.size() > limits.max_size
      || bytes.size() >= FLATBUFFERS_MAX_BUFFER_SIZE)
    return "its size is out of bounds";
  auto most = most_tables(limits, bytes.size());
  flatbuffers::Verifier::Options options;
  options.max_depth = limits.max_depth;
  options.max_tables = std::max(most + 1, most);
  options.check_nested_flatbuffers = false;
  auto data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  flatbuffers::Verifier verifier{data, bytes.size(), options};
  auto too_many = "it has more than " + std::to_string(most) + " tables";
  if (verifier.VerifyBuffer<Root>(identifier))
    return too_many;
  // The verifier stops in the table that is wrong, and keeps its counts. This
  // adds one table at the same depth, and fails if they are over a limit.
  verifier.EndTable();
  if (verifier.VerifyComplexity())
    return broken;
  // The same, one level up.
  verifier.EndTable();
  verifier.EndTable();
  if (verifier.VerifyComplexity())
    return "it is nested deeper than " + std::to_string(limits.max_depth);
  return too_many;
}

} // namespace troupe
