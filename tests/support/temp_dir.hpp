// SPDX-License-Identifier: BSL-1.0

#pragma once

#include <filesystem>
#include <string>

namespace troupe::test {

/// Owns a fresh directory that only this user can enter, and removes it with
/// all of its content. The path is short, because an ipc socket's path must not
/// exceed 107 bytes.
class temp_dir {
public:
  temp_dir();

  temp_dir(const temp_dir&) = delete;

  temp_dir& operator=(const temp_dir&) = delete;

  ~temp_dir();

  const std::filesystem::path& path() const noexcept {
    return path_;
  }

  /// Returns the path of the entry `name`, whether it exists or not.
  std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }

  /// Returns an endpoint such as `ipc:///tmp/tr-Xk3a9b/name`.
  std::string ipc(const std::string& name) const {
    return "ipc://" + (path_ / name).string();
  }

private:
  std::filesystem::path path_;
};

} // namespace troupe::test
