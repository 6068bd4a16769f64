// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "report.hpp"
#include <troupe/troupe.hpp>

#include <string>

namespace demo {

/// Renders a picture by mapping its tiles over the engines, and writes it.
void run_mandelbrot(const troupe::client& session, int width, int height,
                    const std::string& path, report& out);

} // namespace demo
