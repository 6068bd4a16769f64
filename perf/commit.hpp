// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace troupe::perf {

/// Commit of the sources that this program was built from, `-dirty` if they
/// were changed, `unknown` outside of git.
extern const char* const commit;

} // namespace troupe::perf
