// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/security.hpp"

#include <string>

namespace troupe {

/// Tells a ZeroMQ socket how its peers prove who they are, before its first
/// endpoint. `domain` is the name of the socket's `zap_domain` if it asks for
/// proof; then nobody is admitted whom the `zap_handler` does not admit.
caf::error apply_security(void* socket, const security_spec& how,
                          const std::string& domain);

} // namespace troupe
