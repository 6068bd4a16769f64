// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <troupe/link/chunk_assembler.hpp>
#include <troupe/link/link_reader.hpp>
#include <troupe/link/link_writer.hpp>

#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace troupe::test {

/// Returns a message of random frames. Its content differs from call to call.
multipart random_message(std::mt19937& random, std::size_t max_frames,
                         std::size_t max_size);

/// Returns the contents of all messages.
std::vector<std::vector<std::string>>
contents(const std::vector<multipart>& messages);

/// Returns `frames` as they come out of a socket: in memory of their own.
multipart received(const multipart& frames);

/// One end of a link that reads what a writer wrote.
struct link_end {
  /// Reads `frames`, chunks included.
  /// @returns why they were refused, if so.
  std::optional<ec> read(multipart frames);

  link_view::limits limits{};
  chunk_budget budget{std::size_t{1} << 30};
  chunk_assembler assembler{{std::size_t{1} << 30, std::size_t{1} << 30, 4096},
                            budget};
  std::vector<multipart> messages;
  link_fields fields;
  std::size_t bytes = 0;
};

} // namespace troupe::test
