// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace troupe {

/// A pair of CURVE keys, each written as 40 characters of Z85. Nothing prints
/// the secret one, and every copy is wiped at its end.
class key_pair {
public:
  /// Characters per key.
  static constexpr std::size_t key_size = 40;

  /// Makes a new pair. Fails with `ec::system_failure` if ZeroMQ was built
  /// without CURVE.
  static caf::expected<key_pair> generate();

  /// Derives the public key. Fails with `ec::bad_config` if `secret` is no
  /// key; the error does not repeat it.
  static caf::expected<key_pair> from_secret(std::string_view secret);

  /// Holds no keys.
  key_pair() noexcept = default;

  key_pair(const key_pair&) = default;

  key_pair& operator=(const key_pair&) = default;

  ~key_pair();

  bool empty() const noexcept {
    return public_.empty();
  }

  /// What peers may know. Empty if there are no keys.
  const std::string& public_key() const noexcept {
    return public_;
  }

  /// What nobody else may know. Valid as long as this pair.
  std::string_view secret_key() const noexcept {
    return {secret_.data(), empty() ? 0 : key_size};
  }

private:
  std::string public_;
  std::array<char, key_size> secret_{};
};

/// Whether `text` is a CURVE key: 40 characters of Z85 that stand for 32 bytes
/// which are not all zero.
/// @relates key_pair
bool valid_key(std::string_view text) noexcept;

/// Writes a new file that only this user may read. Its directory must exist.
/// Fails with `ec::bad_key_file` if there is a file already: keys are not
/// overwritten.
/// @relates key_pair
caf::error save_keys(const key_pair& keys, const std::filesystem::path& path);

/// Reads what `save_keys` wrote. Fails with `ec::bad_key_file` and a sentence
/// if somebody else may read the file, owns it, or put a link in its place, and
/// if its keys do not belong together.
/// @relates key_pair
caf::expected<key_pair> load_keys(const std::filesystem::path& path);

} // namespace troupe
