// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/identity.hpp"

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Which public keys may enter, and who their owners are. Several sockets may
/// share one list. It may change while they run: new keys are admitted at once,
/// removed ones neither shake hands again nor get a message through on the
/// connections they have. Thread-safe.
class access_list {
public:
  /// Most keys of a list.
  static constexpr std::size_t max_keys = 1'000'000;

  /// Admits nobody.
  access_list() = default;

  access_list(const access_list&) = delete;

  access_list& operator=(const access_list&) = delete;

  // -- files ------------------------------------------------------------------

  /// Reads a list from a file that only this user may read: a line
  /// `KEY ROLE NAME` per key, empty lines, and comments that begin with `#`.
  /// Fails with `ec::bad_key_file` and a sentence with the number of the line.
  static caf::expected<std::shared_ptr<access_list>>
  load(const std::filesystem::path& path);

  /// Replaces the list by what the file says, or changes nothing and fails as
  /// `load` does.
  caf::error reload(const std::filesystem::path& path);

  /// Writes the list, without the comments it was loaded with, in the place of
  /// the file.
  caf::error save(const std::filesystem::path& path) const;

  // -- entries ----------------------------------------------------------------

  /// Admits the owner of `key`, or changes who that is. Fails with
  /// `ec::bad_config` if `key` is no key, or if name or role are not 1 to 64
  /// printable characters without spaces. A name may have several keys: so keys
  /// are changed, the new one first.
  caf::error add(std::string_view key, identity who);

  /// Admits the owner of `key` no more. @returns whether it was listed.
  bool remove(std::string_view key);

  /// Returns who owns `key`, or null if nobody does who may enter.
  identity_ptr find(std::string_view key) const;

  std::size_t size() const;

  /// Grows with each change: who kept what `find` said asks again when this
  /// number is another one.
  std::uint64_t version() const noexcept {
    return version_.load(std::memory_order_acquire);
  }

  // -- removals ---------------------------------------------------------------

  /// Grows whenever keys were removed, or may have been.
  std::uint64_t removals() const noexcept {
    return removals_.load(std::memory_order_acquire);
  }

  /// Calls `f` after each removal as long as the result lives, on the thread
  /// that removes. `f` must be quick, must not throw and must not change the
  /// list.
  std::shared_ptr<const void> on_removal(std::function<void()> f);

private:
  using entries = std::map<std::string, identity_ptr, std::less<>>;

  static caf::expected<entries> read(const std::filesystem::path& path);

  /// @pre `guard` holds `mtx_`
  void note_removal(std::unique_lock<std::mutex> guard);

  using watcher = std::function<void()>;

  mutable std::mutex mtx_;
  entries entries_;
  std::vector<std::weak_ptr<const watcher>> watchers_;
  std::atomic<std::uint64_t> version_{1};
  std::atomic<std::uint64_t> removals_{0};
};

/// Whether `text` can be the name or the role of an identity.
/// @relates identity
bool valid_name(std::string_view text) noexcept;

} // namespace troupe
