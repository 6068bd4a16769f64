// SPDX-License-Identifier: BSL-1.0
// Arguments and results of tasks, as codecs read them.

#include "fuzz/input.hpp"
#include <troupe/codec/codec.hpp>

#include <array>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace troupe::fuzz {

namespace {

/// One argument list or result.
struct encoded {
  std::vector<std::byte> arena;
  std::vector<buffer> frames;
};

template <class T>
encoded encode(const T& value) {
  encoded result;
  encoder out{result.arena, result.frames};
  codec<T>::encode(out, value);
  return result;
}

bool equal(const encoded& x, const encoded& y) {
  if (x.arena != y.arena || x.frames.size() != y.frames.size())
    return false;
  for (std::size_t i = 0; i < x.frames.size(); ++i)
    if (x.frames[i].text() != y.frames[i].text())
      return false;
  return true;
}

/// Decodes a `T`. What could be read must survive being written and read again.
/// Compares bytes: a number may be none, and equal nothing.
template <class T>
void read_value(bytes arena, std::span<const buffer> frames) {
  auto owner = buffer::copy_of(arena);
  troupe::decoder in{owner.bytes(), frames, &owner};
  auto value = codec<T>::decode(in);
  require(!(in.failed() && in.finished()), "it failed or finished");
  auto first = encode(value);
  troupe::decoder again{first.arena, first.frames};
  auto second = encode(codec<T>::decode(again));
  require(again.finished(), "what is written can be read");
  require(equal(first, second), "reading what is written gives the same");
}

using reader = void (*)(bytes, std::span<const buffer>);
using entries = std::vector<std::pair<std::string, std::optional<float>>>;

enum class color : std::uint16_t {};

constexpr auto readers = std::array<reader, 8>{
  read_value<std::tuple<bool, std::int8_t, color, double, std::string>>,
  read_value<std::vector<std::string>>,
  read_value<std::vector<double>>,
  read_value<std::span<const std::int64_t>>,
  read_value<array<float>>,
  read_value<std::tuple<buffer, std::string_view, buffer>>,
  read_value<std::vector<std::vector<entries>>>,
  read_value<std::tuple<std::vector<bool>, std::vector<char>, entries>>,
};

} // namespace

void read_arguments(bytes all) {
  input in{all};
  auto which = in.byte();
  std::vector<buffer> frames;
  for (auto count = in.byte() % 4; count > 0; --count)
    frames.push_back(buffer::copy_of(in.take(in.byte())));
  readers[which % readers.size()](in.take(all.size()), frames);
}

} // namespace troupe::fuzz
