// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <vector>

namespace troupe::apps {

/// Path of this program's file.
std::string own_program();

/// Returns the absolute path of a program, looked up in PATH like a shell does.
/// Throws `command_error` with exit status 127 (126 if it cannot be executed).
std::string find_program(const std::string& name);

/// Whether a program contains a `troupe::runtime`, so that it can be an engine.
bool contains_runtime(const std::string& path);

/// Returns the absolute paths of libraries, after a look at whether they can be
/// loaded. Throws `command_error`.
std::vector<std::string> check_libraries(const std::vector<std::string>& paths);

/// Loads a library for the rest of the process, so that its functions are
/// registered. Its symbols resolve to those of this program, which therefore
/// exports its own: there is one registry. Throws `command_error`.
void load_library(const std::string& path);

/// Loads what the `--load` flags of a command line name.
void load_libraries(int argc, char** argv);

} // namespace troupe::apps
