// SPDX-License-Identifier: BSL-1.0

#pragma once

#include "troupe/client/client_session.hpp"
#include "troupe/codec/codec.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

/// What tests of the client need to play the other side of its conversation.
namespace troupe::test {

/// Calls of one function with the arguments 0, 1, 2, ...
inline encoded_calls numbered_calls(std::size_t count) {
  encoded_calls result;
  result.function = function_id_of("root");
  result.signature = 7;
  for (std::size_t i = 0; i < count; ++i)
    result.add(
      [i](encoder& out) { out.scalar(static_cast<std::uint64_t>(i)); });
  return result;
}

/// Calls whose one argument is an array of `bytes` bytes each.
inline encoded_calls large_calls(std::size_t count, std::size_t bytes) {
  encoded_calls result;
  for (std::size_t i = 0; i < count; ++i)
    result.add([bytes](encoder& out) {
      out.bytes(buffer::adopt(std::vector<char>(bytes, 'x')));
    });
  return result;
}

inline task_group_ptr make_group(std::size_t size) {
  return std::make_shared<task_group>(size, "root");
}

/// A message as a peer receives it.
inline message_view view_of(multipart message) {
  auto result = message_view::make(std::move(message));
  BOOST_REQUIRE(result);
  return std::move(*result);
}

inline message_view view_of(buffer message) {
  return view_of(multipart{std::vector{std::move(message)}});
}

/// Numbers of the tasks in a `Submit`.
inline std::vector<task_number> numbers_in(const multipart& message) {
  auto view = view_of(message);
  auto batch = read_tasks(view);
  BOOST_REQUIRE(batch);
  std::vector<task_number> result;
  for (auto& x : batch->entries)
    result.push_back(x.id());
  return result;
}

inline std::vector<task_number>
numbers_in(const std::vector<multipart>& messages) {
  std::vector<task_number> result;
  for (auto& x : messages)
    for (auto number : numbers_in(x))
      result.push_back(number);
  return result;
}

inline wire::ResultEntry
result_entry(task_number number, wire::Outcome outcome = wire::Outcome::Ok) {
  return {number, 1000, 5, 0, 0, 0, 0, 3, static_cast<std::uint8_t>(outcome),
          1,      0,    0};
}

/// A `Results` in which each task returns its own number.
inline multipart results_of(const std::vector<task_number>& numbers,
                            wire::Outcome outcome = wire::Outcome::Ok) {
  result_batch_builder builder{batch_kind::results};
  for (auto number : numbers)
    builder.add(result_entry(number, outcome),
                std::as_bytes(std::span{&number, 1}), {});
  return builder.finish({});
}

/// A `Results` with one failure.
inline multipart failure_of(task_number number, wire::Outcome outcome,
                            const failure& reason) {
  std::vector<std::byte> bytes;
  pack_failure(reason, bytes);
  result_batch_builder builder{batch_kind::results};
  builder.add(result_entry(number, outcome), bytes, {});
  return builder.finish({});
}

/// What `results_of` put into an outcome.
inline task_number number_in(const task_outcome& outcome) {
  decoder in{outcome.bytes.bytes(), outcome.frames, &outcome.bytes};
  return in.scalar<task_number>();
}

} // namespace troupe::test
