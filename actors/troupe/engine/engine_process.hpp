// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/process/connection_info.hpp"
#include "troupe/protocol/resources.hpp"

#include <string>

namespace troupe {

/// Exit status of an engine that ended with a task, and is to be started again.
inline constexpr int restart_status = 75;

/// Runs an engine in this process: joins the cluster of `info`, runs tasks on
/// the calling thread, returns when the controller says goodbye or is lost.
/// Uses `function_registry::global()`.
///
/// Whatever happens, this process and, if it leads a process group, all that
/// its tasks started, end:
///
///  * SIGTERM kills the process and its group at once; SIGINT does nothing,
///    since it was meant for whoever started the engine;
///  * when the engine ends while a task runs, the task has 800 ms left;
///  * when its task was killed, the process ends with `restart_status`;
///  * what is in the group when this function returns, is killed before.
///
/// @param name to register under; empty = made by the hub.
/// @param means are its tags and slots.
/// @returns the exit status: 0 after a goodbye, else as the command line tells
///          (3 no controller, 7 version mismatch), with a sentence on stderr.
int run_engine(const connection_info& info, std::string name = {},
               resources means = {});

} // namespace troupe
