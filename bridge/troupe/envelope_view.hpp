// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/buffer.hpp"
#include "troupe/error.hpp"

#include <caf/expected.hpp>

#include <flatbuffers/flatbuffers.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

namespace troupe {

/// Limits that make verification cheap for honest messages and bounded for all
/// others. The library's own defaults let a crafted half megabyte cost seconds.
struct verify_limits {
  /// Largest message in bytes.
  std::size_t max_size = std::size_t{4} << 20;

  /// Deepest nesting of tables and vectors.
  std::uint32_t max_depth = 8;

  std::uint32_t max_tables = 64;

  /// Largest product of tables and bytes: each of the tables may point to the
  /// same strings, so that the verifier reads the message once per table. Large
  /// messages may hold fewer tables for that reason. A MiB costs about 0.5 ms.
  std::size_t max_work = std::size_t{256} << 20;
};

/// Whether `bytes` lie at an address that is aligned for any scalar. Received
/// frames may not.
/// @relates verify_limits
inline bool is_aligned(const buffer& bytes) noexcept {
  return reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 == 0;
}

/// Returns `bytes`, or a copy if they are not aligned.
/// @relates verify_limits
inline buffer to_aligned(buffer bytes) {
  return is_aligned(bytes) ? std::move(bytes) : buffer::copy_of(bytes.bytes());
}

/// Most tables in `size` bytes.
/// @relates verify_limits
inline std::uint32_t most_tables(const verify_limits& limits,
                                 std::size_t size) noexcept {
  return static_cast<std::uint32_t>(
    std::min<std::size_t>(limits.max_tables, limits.max_work / size));
}

/// Whether `bytes` are a `Root` that may be read where it lies. They must be
/// aligned, see `to_aligned`. Does not look into fields that hold a FlatBuffer
/// of their own
/// (`nested_flatbuffer`): verify those like this before reading them.
/// @relates verify_limits
template <class Root>
bool verifies(const buffer& bytes, const char* identifier,
              const verify_limits& limits) {
  if (bytes.size() < 8 || bytes.size() > limits.max_size
      || bytes.size() >= FLATBUFFERS_MAX_BUFFER_SIZE)
    return false;
  flatbuffers::Verifier::Options options;
  options.max_depth = limits.max_depth;
  options.max_tables = most_tables(limits, bytes.size());
  options.check_nested_flatbuffers = false; // would reset all limits
  auto data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  flatbuffers::Verifier verifier{data, bytes.size(), options};
  return verifier.VerifyBuffer<Root>(identifier);
}

/// Verified, non-owning-looking access to a FlatBuffer: it exists only if
/// verification passed, and keeps the buffer alive.
template <class Root>
class envelope_view {
public:
  /// Verifies `message` once. `identifier` has four characters.
  static caf::expected<envelope_view>
  make(buffer message, const char* identifier, verify_limits limits = {}) {
    if (message.size() < 8 || message.size() > limits.max_size)
      return troupe::make_error(ec::bad_envelope, "size out of bounds");
    message = to_aligned(std::move(message));
    if (!verifies<Root>(message, identifier, limits))
      return troupe::make_error(ec::bad_envelope, "verification failed");
    auto root = flatbuffers::GetRoot<Root>(message.data());
    return envelope_view{std::move(message), root};
  }

  const Root& operator*() const noexcept {
    return *root_;
  }

  const Root* operator->() const noexcept {
    return root_;
  }

  /// The bytes, for whoever keeps parts of them.
  const buffer& bytes() const noexcept {
    return bytes_;
  }

private:
  envelope_view(buffer bytes, const Root* root)
    : bytes_(std::move(bytes)), root_(root) {
    // nop
  }

  buffer bytes_;
  const Root* root_;
};

/// Whether the elements of `xs` are aligned for `T`, which verification does
/// not check for elements of 8 bytes. Holds for a vector that is missing or
/// empty.
template <class T>
bool is_aligned(const flatbuffers::Vector<T>* xs) noexcept {
  using element = std::remove_cv_t<std::remove_pointer_t<T>>;
  return xs == nullptr || xs->size() == 0 // writers do not align an empty one
         || reinterpret_cast<std::uintptr_t>(xs->Data()) % alignof(element)
              == 0;
}

/// Returns the structs of a vector as a span, or an empty span if the vector
/// is missing or empty. Fails unless `is_aligned`.
template <class T>
caf::expected<std::span<const T>>
struct_span(const flatbuffers::Vector<const T*>* xs) {
  if (!is_aligned(xs))
    return troupe::make_error(ec::bad_envelope, "misaligned vector");
  if (xs == nullptr || xs->size() == 0)
    return std::span<const T>{};
  return std::span<const T>{reinterpret_cast<const T*>(xs->Data()), xs->size()};
}

} // namespace troupe
