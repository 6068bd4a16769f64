// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/ids.hpp"

#include <string>
#include <variant>

namespace troupe {

/// An engine or a client: whoever the hub admitted.
using member_id = std::variant<engine_id, client_id>;

/// @relates member_id
inline std::string to_string(const member_id& id) {
  return std::visit([](auto x) { return to_string(x); }, id);
}

} // namespace troupe
