// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace troupe::apps {

/// Exit status of a command that does not exist, or that cannot be executed
/// for another reason, as shells have it.
inline constexpr int no_such_program = 127;
inline constexpr int cannot_execute = 126;

/// A command's stdout or stderr may have this many bytes; one that writes more
/// is killed and fails.
inline constexpr std::size_t max_output_bytes = std::size_t{256} << 20;

/// Exit status (-1: a signal ended it), signal (or 0), stdout, stderr, and how
/// often the command ran.
using command_result = std::tuple<std::int32_t, std::int32_t, std::string,
                                  std::string, std::uint32_t>;

/// Runs a command and collects what it writes. Its stdin is empty, it belongs
/// to the process group of the engine, and it dies with the engine. Background
/// processes that it leaves behind are not waited for.
/// @param words the program and its arguments.
/// @param directory where to run.
/// @param retries how often to run it again, here and at once, while it fails.
command_result run_command(std::vector<std::string> words,
                           std::string directory, std::uint32_t retries);

} // namespace troupe::apps
