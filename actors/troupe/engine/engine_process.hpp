// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/process/connection_info.hpp"

#include <string>

namespace troupe {

/// Runs an engine in this process: joins the cluster of `info`, runs tasks on
/// the calling thread, returns when the controller says goodbye or is lost.
/// SIGTERM ends the process and its whole group at once. Uses
/// `function_registry::global()`.
/// @param name to register under; empty = made by the hub.
/// @returns the exit status: 0 after a goodbye, else as the command line tells (3 no
///          controller, 7 version mismatch), with a sentence on stderr.
int run_engine(const connection_info& info, std::string name = {});

} // namespace troupe
