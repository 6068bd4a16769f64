// SPDX-License-Identifier: BSL-1.0
#include "troupe/lanes/lane.hpp"

#include "troupe/endpoint.hpp"
#include "troupe/error.hpp"

#include <limits>

namespace troupe {

const char* to_string(lane x) noexcept {
  switch (x) {
    case lane::control:
      return "control";
    case lane::task:
      return "task";
    case lane::bulk:
      return "bulk";
  }
  return "?";
}

caf::expected<lane_endpoints> derive_lanes(std::string_view base) {
  auto where = endpoint::parse(base);
  if (!where)
    return std::move(where.error());
  auto last = std::numeric_limits<std::uint16_t>::max();
  auto tcp = where->via == endpoint::transport::tcp;
  if (tcp && where->port > last - (all_lanes.size() - 1))
    return make_error(ec::bad_endpoint,
                      "'" + std::string{base}
                        + "' leaves no room for three ports: choose a smaller "
                          "one");
  lane_endpoints result;
  for (auto via : all_lanes) {
    auto own = *where;
    if (tcp && own.port != 0)
      own.port += static_cast<std::uint16_t>(via);
    else if (!tcp && own.where != "*")
      own.where += std::string{"."} + to_string(via);
    auto text = to_string(own);
    // A suffix may exceed what the operating system takes.
    if (auto checked = endpoint::parse(text); !checked)
      return std::move(checked.error());
    result[via] = std::move(text);
  }
  return result;
}

} // namespace troupe
