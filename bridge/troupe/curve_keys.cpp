// SPDX-License-Identifier: BSL-1.0
#include "troupe/curve_keys.hpp"

#include "troupe/error.hpp"
#include "troupe/security/private_file.hpp"

#include <zmq.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace troupe {

namespace {

constexpr auto max_file_size = std::size_t{4096};
constexpr auto public_label = std::string_view{"public = "};
constexpr auto secret_label = std::string_view{"secret = "};

/// A key in the form that ZeroMQ's functions want, wiped at its end.
struct key_text {
  explicit key_text(std::string_view key = {}) {
    key.copy(text.data(), text.size() - 1);
  }

  ~key_text() {
    explicit_bzero(text.data(), text.size());
  }

  std::string_view view() const noexcept {
    return {text.data(), key_pair::key_size};
  }

  std::array<char, key_pair::key_size + 1> text{};
};

caf::error no_key() {
  return make_error(ec::bad_config,
                    "this is no CURVE key: a key has 40 characters of Z85, as "
                    "key_pair::generate makes them");
}

caf::error bad_content(const std::filesystem::path& path, const char* what) {
  return make_error(ec::bad_key_file,
                    "the key file " + path.string() + " " + what
                      + ": make a new one, and give its public key to whoever "
                        "knew the old one");
}

/// Returns what follows `label` in `line`, if it begins so.
std::string_view value_of(std::string_view line, std::string_view label) {
  return line.starts_with(label) ? line.substr(label.size())
                                 : std::string_view{};
}

/// Finds both keys among the lines of a file.
caf::expected<key_pair> parse(std::string_view text,
                              const std::filesystem::path& path) {
  std::string_view public_key;
  std::string_view secret_key;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (auto value = value_of(line, public_label); !value.empty())
      public_key = value;
    else if (auto value = value_of(line, secret_label); !value.empty())
      secret_key = value;
    else if (!line.empty() && !line.starts_with('#'))
      return bad_content(path, "has a line that is neither 'public = KEY' nor "
                               "'secret = KEY' nor a comment");
  }
  auto result = key_pair::from_secret(secret_key);
  if (!result)
    return bad_content(path, "has no valid secret key");
  if (result->public_key() != public_key)
    return bad_content(path, "has two keys that do not belong together");
  return result;
}

} // namespace

// -- keys ---------------------------------------------------------------------

key_pair::~key_pair() {
  explicit_bzero(secret_.data(), secret_.size());
}

caf::expected<key_pair> key_pair::generate() {
  key_text public_key;
  key_text secret;
  if (zmq_curve_keypair(public_key.text.data(), secret.text.data()) != 0)
    return make_error(ec::system_failure,
                      "this ZeroMQ was built without CURVE: install one that "
                      "has it, such as Debian's libzmq5");
  return from_secret(secret.view());
}

caf::expected<key_pair> key_pair::from_secret(std::string_view secret) {
  if (!valid_key(secret))
    return no_key();
  key_text text{secret};
  key_text derived;
  if (zmq_curve_public(derived.text.data(), text.text.data()) != 0)
    return no_key();
  key_pair result;
  result.public_ = derived.view();
  std::copy(secret.begin(), secret.end(), result.secret_.begin());
  return result;
}

bool valid_key(std::string_view text) noexcept {
  if (text.size() != key_pair::key_size
      || text.find('\0') != std::string_view::npos)
    return false;
  key_text key{text};
  std::array<std::uint8_t, 32> bytes{};
  auto decoded = zmq_z85_decode(bytes.data(), key.text.data()) != nullptr;
  auto zero = std::all_of(bytes.begin(), bytes.end(),
                          [](std::uint8_t byte) { return byte == 0; });
  explicit_bzero(bytes.data(), bytes.size());
  return decoded && !zero;
}

// -- files --------------------------------------------------------------------

caf::error save_keys(const key_pair& keys, const std::filesystem::path& path) {
  if (keys.empty())
    return make_error(ec::bad_config, "there are no keys to save: make them "
                                      "with key_pair::generate");
  std::string text = "# CURVE keys of troupe. The public key may be known; who "
                     "has the secret key is you.\n";
  text.reserve(text.size() + 128); // so that no copy of the secret stays behind
  text.append(public_label).append(keys.public_key()).append("\n");
  text.append(secret_label).append(keys.secret_key()).append("\n");
  auto result = write_private_file(path, text, if_exists::keep);
  wipe(text);
  return result;
}

caf::expected<key_pair> load_keys(const std::filesystem::path& path) {
  auto text = read_private_file(path, max_file_size);
  if (!text)
    return std::move(text.error());
  auto result = parse(*text, path);
  wipe(*text);
  return result;
}

} // namespace troupe
