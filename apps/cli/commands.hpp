// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cli/options.hpp"

/// One function per command. Each returns the exit status, or throws
/// `command_error` or `troupe::error`.
namespace troupe::apps {

int execute(const help_options& x);
int execute(const version_options& x);
int execute(const map_options& x);
int execute(const run_options& x);
int execute(const start_options& x);
int execute(const stop_options& x);
int execute(const status_options& x);
int execute(const why_options& x);
int execute(const list_options& x);
int execute(const controller_options& x);
int execute(const engine_options& x);

} // namespace troupe::apps
