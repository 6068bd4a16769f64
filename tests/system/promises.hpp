// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "support/temp_dir.hpp"
#include "support/wait_until.hpp"

#include <iostream>
#include <string>

/// What the programs share that are client and engine, and tell about promises.
namespace troupe::test {

/// Prints a line per promise. The test that runs the program looks for broken
/// ones.
inline void check(bool fine, const std::string& claim) {
  std::cout << (fine ? "ok: " : "BROKEN: ") << claim << std::endl;
}

inline bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace troupe::test
