// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <troupe/buffer.hpp>
#include <troupe/multipart.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

namespace troupe::fuzz {

/// Writes inputs into a folder per decoder.
class seed_writer {
public:
  explicit seed_writer(std::filesystem::path folder)
    : folder_(std::move(folder)) {
    // nop
  }

  void write(const char* decoder, std::string_view bytes) {
    auto to = folder_ / decoder;
    std::filesystem::create_directories(to);
    std::ofstream file{to / ("seed-" + std::to_string(++count_)),
                       std::ios::binary};
    file << bytes;
  }

  /// A message with its number of payload frames in front.
  void write(const multipart& x) {
    write("message", std::string(1, static_cast<char>(x.frames.size() - 1))
                       + std::string{x.frames.front().text()});
  }

  void write(buffer envelope) {
    multipart message;
    message.frames.push_back(std::move(envelope));
    write(message);
  }

private:
  std::filesystem::path folder_;
  int count_ = 0;
};

/// Writes messages of the cluster.
void write_message_seeds(seed_writer& to);

/// Writes arguments of tasks.
void write_argument_seeds(seed_writer& to);

} // namespace troupe::fuzz
