// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/codec/codec.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace troupe::perf {

/// A struct as users have them.
struct particle {
  std::uint64_t id = 0;
  double position[3] = {};
  std::string name;

  friend bool operator==(const particle&, const particle&) = default;
};

/// What a map becomes: there is no codec for `std::map`.
using pair_list = std::vector<std::pair<std::string, std::int64_t>>;

// -- values, all of them different
// ---------------------------------------------

std::vector<std::int64_t> make_ints(std::size_t count);
std::vector<std::string> make_strings(std::size_t count);
pair_list make_pairs(std::size_t count);
std::vector<particle> make_particles(std::size_t count);
array<double> make_doubles(std::size_t count);

} // namespace troupe::perf

template <>
struct troupe::codec<troupe::perf::particle> {
  static std::string type() {
    return "bench.particle/1";
  }

  static void encode(encoder& out, const perf::particle& x) {
    out.scalar(x.id);
    for (auto value : x.position)
      out.scalar(value);
    codec<std::string>::encode(out, x.name);
  }

  static perf::particle decode(decoder& in) {
    perf::particle result;
    result.id = in.scalar<std::uint64_t>();
    for (auto& value : result.position)
      value = in.scalar<double>();
    result.name = codec<std::string>::decode(in);
    return result;
  }
};
