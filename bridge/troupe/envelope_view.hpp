// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/buffer.hpp"
#include "troupe/error.hpp"

#include <caf/expected.hpp>

#include <flatbuffers/flatbuffers.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace troupe {

/// Limits that make verification cheap for honest messages and bounded for all
/// others. The library's own defaults let a crafted half megabyte cost seconds.
struct verify_limits {
  std::size_t max_size = std::size_t{4} << 20;
  std::uint32_t max_depth = 8;
  std::uint32_t max_tables = 64;
};

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
    auto data = reinterpret_cast<const std::uint8_t*>(message.data());
    if (reinterpret_cast<std::uintptr_t>(data) % 8 != 0)
      message = buffer::copy_of(message.bytes());
    data = reinterpret_cast<const std::uint8_t*>(message.data());
    flatbuffers::Verifier::Options options;
    options.max_depth = limits.max_depth;
    options.max_tables = limits.max_tables;
    options.check_nested_flatbuffers = false;
    flatbuffers::Verifier verifier{data, message.size(), options};
    if (!verifier.VerifyBuffer<Root>(identifier))
      return troupe::make_error(ec::bad_envelope, "verification failed");
    return envelope_view{std::move(message), flatbuffers::GetRoot<Root>(data)};
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

/// Returns the structs of a vector as a span, or an empty span if the vector
/// is missing or empty. Fails if it is not aligned for `T`, which FlatBuffers
/// 2.0.8 does not check for elements of 8 bytes.
template <class T>
caf::expected<std::span<const T>>
struct_span(const flatbuffers::Vector<const T*>* xs) {
  if (xs == nullptr || xs->size() == 0)
    return std::span<const T>{}; // writers do not align an empty vector
  auto address = reinterpret_cast<std::uintptr_t>(xs->Data());
  if (address % alignof(T) != 0)
    return troupe::make_error(ec::bad_envelope, "misaligned vector");
  return std::span<const T>{reinterpret_cast<const T*>(xs->Data()), xs->size()};
}

} // namespace troupe
