// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/row.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace troupe::perf {

/// Where figures come from: what somebody needs to know to trust them, and to
/// measure them again.
struct provenance {
  /// Model of the processor.
  std::string machine;
  std::size_t cores = 0;
  std::string kernel;
  std::string caf;
  std::string libzmq;
  std::string flatbuffers;
  std::string boost;
  std::string compiler;
  /// Type of the build, with its sanitizers.
  std::string build;
  /// Of the sources, `-dirty` if they were changed; or `unknown`.
  std::string commit;
  /// When the program started, UTC.
  std::string time;
  std::string command;
};

/// Asks machine, kernel and libraries.
provenance make_provenance(std::string commit, std::string command);

/// Returns the fields by name.
/// @relates provenance
row to_row(const provenance& x);

/// Returns three lines for people, each after a `# `.
/// @relates provenance
std::string to_text(const provenance& x);

/// Returns a sentence if figures of a build of this type mean nothing, else
/// nothing.
std::string build_warning(std::string_view build);

/// Finds the model of the processor in the text of `/proc/cpuinfo`; `unknown`
/// if it is not there.
std::string cpu_model(std::string_view cpuinfo);

/// Returns the words of a command line as a shell would take them.
std::string quote_command(int argc, const char* const* argv);

} // namespace troupe::perf
