// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/process/descriptor.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <utility>

namespace troupe::apps {

/// Two pipes that collect the stdout and stderr of a child process.
class output_pipes {
public:
  /// Throws `std::runtime_error` if there are no file descriptors left.
  output_pipes();

  /// Where the child writes.
  int out_fd() const noexcept {
    return streams_[0].write_end.get();
  }

  int err_fd() const noexcept {
    return streams_[1].write_end.get();
  }

  /// To be called once the child has them.
  void close_write_ends() noexcept;

  /// Reads until both are closed, or the process behind `process_fd` (a pidfd;
  /// -1 = unknown) ended and nothing is left to be read.
  /// @returns `false` if one of them has more than `limit` bytes.
  bool collect(int process_fd, std::size_t limit);

  std::string take_out() noexcept {
    return std::move(streams_[0].text);
  }

  std::string take_err() noexcept {
    return std::move(streams_[1].text);
  }

private:
  struct stream {
    descriptor read_end;
    descriptor write_end;
    std::string text;

    /// Reads what is there; closes the pipe at its end.
    void read_all(std::size_t limit);
  };

  std::array<stream, 2> streams_;
};

} // namespace troupe::apps
