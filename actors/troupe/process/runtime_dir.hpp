// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/process/connection_info.hpp"

#include <caf/expected.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

/// The private directory of one cluster: its sockets and `cluster.json`.
/// Mode 0700, below `$XDG_RUNTIME_DIR/troupe`, or `/tmp/troupe-<uid>` where
/// there is none. Whoever is not the user is kept out by its mode, so a
/// directory that others own or can enter is refused.
///
/// A controller holds a lock on its directory for as long as the object, or one
/// of its copies, lives; the system drops the lock of a controller that died.
class runtime_dir {
public:
  /// The directory above all clusters of this user.
  static std::filesystem::path base();

  /// Whether `name` is a plain word: 1 to 64 of `A-Za-z0-9._-`, and not `.` or
  /// `..`.
  static bool valid_name(std::string_view name) noexcept;

  /// Creates the directory of cluster `name` for a controller, and takes over
  /// one that a dead controller left behind. Fails with `ec::limit_reached`
  /// if a live one has it, with `ec::bad_config` if the name is no plain word
  /// or its sockets' paths would be too long, with `ec::system_failure` if the
  /// directory cannot be made or is not private.
  static caf::expected<runtime_dir> create(std::string_view name);

  /// Reads `cluster.json` of cluster `name`, or of the newest one if `name` is
  /// empty. Fails with `ec::peer_gone` if it does not run; names of running
  /// clusters are in the error's text.
  static caf::expected<connection_info> find(std::string_view name);

  /// All clusters that run, newest first.
  static std::vector<connection_info> running();

  const std::filesystem::path& path() const noexcept {
    return path_;
  }

  /// Endpoint of a socket in this directory.
  std::string ipc_endpoint(std::string_view lane) const;

  /// Writes `cluster.json` (0600) under a temporary name and renames it.
  caf::error publish(const connection_info& info) const;

  /// Removes the directory with all that is in it.
  void remove() noexcept;

private:
  runtime_dir(std::filesystem::path path, std::shared_ptr<void> lock)
    : path_(std::move(path)), lock_(std::move(lock)) {
    // nop
  }

  std::filesystem::path path_;
  std::shared_ptr<void> lock_;
};

} // namespace troupe
