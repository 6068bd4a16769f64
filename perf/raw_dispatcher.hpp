// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

namespace troupe::perf {

/// What a plain program would do in place of the scheduler's rules: a queue of
/// tasks, a count per worker, and messages put together by hand. Nothing is
/// verified, and nothing survives the loss of a worker.
class raw_dispatcher {
public:
  using bytes = std::vector<std::byte>;

  raw_dispatcher(std::size_t workers, std::size_t most_per_worker);

  /// Takes a message of tasks: number, length and bytes of each.
  void submit(const bytes& message);

  /// Takes a message of results: number, length and bytes of each.
  void collect(const bytes& message);

  /// Hands out tasks to whoever has the fewest.
  /// @returns a message per worker, and as the last one that of the client.
  std::vector<bytes> flush();

  std::size_t waiting() const noexcept {
    return queue_.size();
  }

private:
  struct task {
    std::uint64_t number = 0;
    bytes arguments;
  };

  std::size_t most_;
  std::deque<task> queue_;
  std::vector<std::size_t> loads_;
  std::unordered_map<std::uint64_t, std::size_t> workers_;
  bytes answers_;
};

/// Appends an entry of a message as the dispatcher reads them.
void append_entry(raw_dispatcher::bytes& message, std::uint64_t number,
                  const std::byte* data, std::size_t size);

/// Returns the numbers in a message.
std::vector<std::uint64_t> numbers_in(const raw_dispatcher::bytes& message);

} // namespace troupe::perf
