// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

/// A plain TCP connection, for tests. Its calls give up after ten seconds.
class plain_caller {
public:
  /// Connects to an endpoint such as `tcp://127.0.0.1:7777`.
  explicit plain_caller(const std::string& endpoint);

  ~plain_caller();

  plain_caller(const plain_caller&) = delete;

  plain_caller& operator=(const plain_caller&) = delete;

  void write(std::string_view bytes);

  /// Reads a line, without its end. Empty if none comes.
  std::string read_line();

  /// Whether the other side hung up.
  bool hung_up();

private:
  int fd_;
};
