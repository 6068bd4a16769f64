// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/codec/codec.hpp"
#include "troupe/protocol/pack.hpp"
#include "troupe/protocol/read.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace troupe::test {

/// Builds what a scheduler sends to an engine.
class dispatches {
public:
  /// Adds a task with the arguments `xs`.
  template <class... Ts>
  dispatches& call(std::uint64_t key, std::string_view function, Ts... xs) {
    return add(key, function, wire::Encoding::Codec, 0,
               std::tuple<Ts...>{std::move(xs)...});
  }

  /// Adds a task that was handed out early.
  template <class... Ts>
  dispatches&
  call_early(std::uint64_t key, std::string_view function, Ts... xs) {
    mark_ = dispatch_marks::early;
    call(key, function, std::move(xs)...);
    mark_ = 0;
    return *this;
  }

  /// Says which task came right before the first one.
  dispatches& behind(std::uint64_t key) {
    builder_.behind(key);
    return *this;
  }

  /// Adds a task with arguments as text.
  dispatches& call_text(std::uint64_t key, std::string_view function,
                        std::vector<std::string> words) {
    return add(key, function, wire::Encoding::Text, 0, std::move(words));
  }

  template <class Arguments>
  dispatches& add(std::uint64_t key, std::string_view function,
                  wire::Encoding encoding, std::uint64_t signature,
                  Arguments arguments) {
    std::vector<std::byte> arena;
    std::vector<buffer> frames;
    encoder out{arena, frames};
    codec<Arguments>::encode(out, std::move(arguments));
    builder_.add({key, value(function_id_of(function)), signature, 0, 0, 0, 0,
                  1, 0, static_cast<std::uint8_t>(encoding), mark_},
                 arena, frames);
    return *this;
  }

  /// Limits the run of the last task.
  dispatches& limit(std::uint32_t run_ms) {
    builder_.limit(run_ms);
    return *this;
  }

  /// Returns all tasks added so far as one message, and forgets them.
  multipart message() {
    return builder_.finish({});
  }

  message_view view() {
    return view_of(message());
  }

  static message_view view_of(multipart message) {
    auto result = message_view::make(std::move(message));
    BOOST_REQUIRE(result);
    return std::move(*result);
  }

private:
  task_batch_builder builder_{batch_kind::dispatch};
  std::int8_t mark_ = 0;
};

/// One result, copied out of its message.
struct finished_task {
  std::uint64_t key = 0;
  wire::Outcome outcome{};
  std::uint64_t run_ns = 0;
  std::uint64_t started_ns = 0;
  std::vector<std::byte> bytes;
  std::vector<buffer> frames;

  /// Reads the value of a task that went well.
  template <class T>
  T get() const {
    BOOST_REQUIRE(outcome == wire::Outcome::Ok);
    decoder in{bytes, frames};
    auto x = codec<T>::decode(in);
    BOOST_TEST(in.finished());
    return x;
  }

  failure why() const {
    BOOST_TEST((outcome == wire::Outcome::Error));
    return read_failure(bytes);
  }
};

/// Reads messages with results, and appends them to `into`.
inline void read_all(std::vector<multipart> messages,
                     std::vector<finished_task>& into) {
  for (auto& message : messages) {
    auto view = dispatches::view_of(std::move(message));
    auto batch = read_results(view);
    BOOST_REQUIRE(batch);
    for (auto& x : batch->entries) {
      auto bytes = batch->bytes_of(x);
      auto frames = batch->frames_of(x);
      into.push_back({x.id(),
                      static_cast<wire::Outcome>(x.status()),
                      x.run_ns(),
                      x.started_ns(),
                      {bytes.begin(), bytes.end()},
                      {frames.begin(), frames.end()}});
    }
  }
}

} // namespace troupe::test
