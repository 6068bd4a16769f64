// SPDX-License-Identifier: BSL-1.0
#include "troupe/protocol/read.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

using namespace troupe;

namespace {

using builder_type = flatbuffers::FlatBufferBuilder;

/// Every kind of message, with some payload.
std::vector<multipart> all_messages() {
  auto functions = std::vector<function_description>{
    {function_id{1}, 2, "one", "() -> i32"},
    {function_id{3}, 4, "two", "(f64) -> f64"}};
  hello_message hello;
  hello.name = "alice";
  hello.host = "node";
  hello.functions = functions;
  status_message status;
  status.engines = {{engine_id{1}, "alice", 1, 2, 3, 4, 5, true},
                    {engine_id{2}, "bob", 1, 2, 3, 4, 5, false}};
  status.functions = functions;
  std::vector<multipart> result;
  for (auto& envelope :
       {pack_hello(hello), pack_welcome({1, "bob", 2, 3, 4}),
        pack_refusal(wire::RefusalCode::Limit, "no"), pack_ready(),
        pack_goodbye("bye"), pack_ping(1), pack_pong(1, 2, 3),
        pack_status_query(true), pack_status(status), pack_shutdown("stop"),
        pack_join(7), pack_credit(8, 9)})
    result.push_back(multipart{{envelope}});
  auto arguments = std::string{"some arguments"};
  auto bytes = std::as_bytes(std::span{arguments});
  auto frame = buffer::copy_of("frame");
  for (auto kind : {batch_kind::submit, batch_kind::dispatch}) {
    task_batch_builder builder{kind};
    builder.add({1, 2, 3, 0, 0, 0, 0, 1, 0, 0, 0}, bytes, {});
    builder.add({2, 2, 3, 0, 0, 0, 0, 1, 0, 0, 0}, bytes, {&frame, 1});
    result.push_back(builder.finish({}));
  }
  result_batch_builder builder{batch_kind::results};
  builder.add({1, 2, 3, 0, 0, 0, 0, 4, 0, 1, 0, 0}, bytes, {&frame, 1});
  result.push_back(builder.finish({}));
  return result;
}

std::size_t checksum = 0;

/// Touches each byte of `bytes`, for sanitizers to complain.
void touch(std::span<const std::byte> bytes) {
  for (auto x : bytes)
    checksum += std::to_integer<std::size_t>(x);
}

template <class Batch>
void touch_batch(const Batch& batch) {
  for (auto& x : batch.entries) {
    touch(batch.bytes_of(x));
    for (auto& frame : batch.frames_of(x))
      touch(frame.bytes());
    read_failure(batch.bytes_of(x));
  }
}

/// Reads all that a message has. Returns whether it was refused.
bool refuses(multipart message) {
  auto view = message_view::make(std::move(message));
  if (!view)
    return true;
  if (auto hello = view->get<wire::Hello>())
    return !read_hello(*hello);
  if (auto welcome = view->get<wire::Welcome>())
    return checksum += read_welcome(*welcome).name.size(), false;
  if (auto status = view->get<wire::Status>())
    return !read_status(*status);
  if (auto results = read_results(*view))
    return touch_batch(*results), false;
  if (auto tasks = read_tasks(*view))
    return touch_batch(*tasks), false;
  return view->kind() >= wire::Body::Submit;
}

/// Copies `frame` and changes the copy.
template <class F>
buffer changed(const buffer& frame, F change) {
  std::vector<std::byte> bytes(frame.bytes().begin(), frame.bytes().end());
  change(bytes);
  return buffer::copy_of(bytes);
}

/// Makes a `Submit` of entries whose ranges are not checked.
multipart raw_submit(const std::vector<wire::TaskEntry>& entries,
                     std::size_t arena_size, std::size_t payload) {
  builder_type fbb;
  std::vector<std::uint8_t> arena(arena_size);
  auto bytes = fbb.CreateVector(arena);
  auto tasks = fbb.CreateVectorOfStructs(entries);
  auto body = wire::CreateSubmit(fbb, tasks, bytes);
  fbb.Finish(wire::CreateEnvelope(fbb, wire::Body::Submit, body.Union()),
             limits::file_identifier);
  std::vector<buffer> frames(1 + payload, buffer::copy_of("frame"));
  frames.front() = buffer::adopt(fbb.Release());
  return multipart{std::move(frames)};
}

wire::TaskEntry ranges(std::uint32_t offset, std::uint32_t size,
                       std::uint16_t first_frame = 0,
                       std::uint16_t frames = 0) {
  return {1, 2, 3, offset, size, first_frame, frames, 1, 0, 0, 0};
}

caf::error error_of(multipart message) {
  auto view = message_view::make(std::move(message));
  if (!view)
    return view.error();
  auto tasks = read_tasks(*view);
  return tasks ? caf::error{} : tasks.error();
}

/// Makes a list of functions, names unchecked, and reads it.
caf::expected<std::vector<function_description>>
read_raw_functions(const std::vector<wire::FunctionEntry>& entries,
                   const std::string& names) {
  builder_type fbb;
  auto list = fbb.CreateVectorOfStructs(entries);
  auto text = fbb.CreateVector(
    reinterpret_cast<const std::uint8_t*>(names.data()), names.size());
  fbb.Finish(wire::CreateFunctions(fbb, list, text));
  return read_functions(
    flatbuffers::GetRoot<wire::Functions>(fbb.GetBufferPointer()));
}

} // namespace

BOOST_AUTO_TEST_SUITE(read_suite)

BOOST_AUTO_TEST_CASE(accepts_every_kind_of_message) {
  for (auto& message : all_messages())
    BOOST_TEST(!refuses(message));
}

BOOST_AUTO_TEST_CASE(refuses_a_message_without_frames) {
  BOOST_TEST((message_view::make(multipart{}).error() == ec::bad_frames));
}

BOOST_AUTO_TEST_CASE(refuses_an_envelope_with_another_identifier) {
  auto frame = changed(pack_ready(), [](auto& bytes) {
    std::memcpy(bytes.data() + 4, "TRP9", 4);
  });
  auto view = message_view::make(multipart{{frame}});
  BOOST_TEST((view.error() == ec::bad_envelope));
}

BOOST_AUTO_TEST_CASE(survives_every_truncation) {
  for (auto& message : all_messages()) {
    auto size = message.frames.front().size();
    for (auto n = std::size_t{0}; n < size; ++n) {
      auto copy = message;
      copy.frames.front() = changed(message.frames.front(),
                                    [n](auto& bytes) { bytes.resize(n); });
      refuses(std::move(copy));
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_messages_cut_to_half) {
  for (auto& message : all_messages()) {
    auto copy = message;
    copy.frames.front() = changed(message.frames.front(), [](auto& bytes) {
      bytes.resize(bytes.size() / 2);
    });
    BOOST_TEST(refuses(std::move(copy)));
  }
}

BOOST_AUTO_TEST_CASE(survives_every_flipped_bit) {
  for (auto& message : all_messages()) {
    auto bits = message.frames.front().size() * 8;
    for (auto n = std::size_t{0}; n < bits; ++n) {
      auto copy = message;
      copy.frames.front() = changed(message.frames.front(), [n](auto& bytes) {
        bytes[n / 8] ^= std::byte{1} << (n % 8);
      });
      refuses(std::move(copy));
    }
  }
}

BOOST_AUTO_TEST_CASE(survives_random_damage) {
  std::mt19937 rng{42};
  auto messages = all_messages();
  for (auto round = 0; round < 20000; ++round) {
    auto copy = messages[rng() % messages.size()];
    copy.frames.front() = changed(copy.frames.front(), [&](auto& bytes) {
      for (auto n = 1 + rng() % 8; n > 0; --n)
        bytes[rng() % bytes.size()] = static_cast<std::byte>(rng());
    });
    refuses(std::move(copy));
  }
}

BOOST_AUTO_TEST_CASE(survives_random_bytes) {
  std::mt19937 rng{43};
  for (auto round = 0; round < 5000; ++round) {
    std::vector<std::byte> bytes(rng() % 200);
    for (auto& x : bytes)
      x = static_cast<std::byte>(rng());
    if (bytes.size() > 8)
      std::memcpy(bytes.data() + 4, limits::file_identifier, 4);
    refuses(multipart{{buffer::copy_of(bytes)}});
  }
}

BOOST_AUTO_TEST_CASE(a_missing_payload_frame_is_a_bad_range) {
  for (auto& message : all_messages()) {
    if (message.frames.size() == 1)
      continue;
    auto copy = message;
    copy.frames.resize(1);
    BOOST_TEST(refuses(std::move(copy)));
  }
}

BOOST_AUTO_TEST_CASE(ranges_must_lie_inside) {
  constexpr auto max32 = std::uint32_t{0xFFFFFFFF};
  constexpr auto max16 = std::uint16_t{0xFFFF};
  BOOST_TEST(!error_of(raw_submit({ranges(0, 16, 0, 2)}, 16, 2)));
  BOOST_TEST(!error_of(raw_submit({ranges(16, 0, 2, 0)}, 16, 2)));
  for (auto& bad :
       {ranges(0, 17), ranges(1, 16), ranges(17, 0), ranges(max32, 1),
        ranges(1, max32), ranges(max32, max32), ranges(0, 0, 0, 3),
        ranges(0, 0, 1, 2), ranges(0, 0, 3, 0), ranges(0, 0, max16, 1),
        ranges(0, 0, 1, max16), ranges(0, 0, max16, max16)})
    BOOST_TEST((error_of(raw_submit({bad}, 16, 2)) == ec::bad_range));
}

BOOST_AUTO_TEST_CASE(entries_cannot_multiply_the_arena) {
  auto message = raw_submit({ranges(0, 10), ranges(0, 10)}, 16, 0);
  BOOST_TEST((error_of(std::move(message)) == ec::bad_range));
}

BOOST_AUTO_TEST_CASE(a_batch_has_a_most_number_of_entries) {
  auto most = std::vector<wire::TaskEntry>(limits::batch_tasks, ranges(0, 0));
  BOOST_TEST(!error_of(raw_submit(most, 0, 0)));
  most.push_back(ranges(0, 0));
  BOOST_TEST((error_of(raw_submit(most, 0, 0)) == ec::bad_range));
}

BOOST_AUTO_TEST_CASE(reads_an_envelope_at_any_address) {
  auto message = raw_submit({ranges(0, 16)}, 16, 0);
  auto bytes = message.frames.front().bytes();
  for (auto shift = std::size_t{0}; shift < 8; ++shift) {
    std::vector<std::byte> moved(shift);
    moved.insert(moved.end(), bytes.begin(), bytes.end());
    auto frame = buffer::copy_of(moved).slice(shift, bytes.size());
    auto view = message_view::make(multipart{{frame}});
    BOOST_REQUIRE(view);
    auto tasks = read_tasks(*view);
    BOOST_REQUIRE(tasks);
    auto address = reinterpret_cast<std::uintptr_t>(tasks->entries.data());
    BOOST_TEST(address % alignof(wire::TaskEntry) == 0u);
  }
}

BOOST_AUTO_TEST_CASE(refuses_a_misaligned_vector) {
  // The verifier of FlatBuffers 2.0.8 lets it pass: write the vector's length
  // and elements 4 bytes further, where only 4-byte alignment holds.
  auto message = raw_submit({ranges(0, 0), ranges(0, 0)}, 0, 0);
  auto frame = changed(message.frames.front(), [](auto& bytes) {
    auto envelope = flatbuffers::GetMutableRoot<wire::Envelope>(bytes.data());
    auto submit = envelope->template body_as<wire::Submit>();
    auto table = reinterpret_cast<const flatbuffers::Table*>(submit);
    auto field =
      const_cast<std::uint8_t*>(table->GetAddressOf(wire::Submit::VT_TASKS));
    auto offset = flatbuffers::ReadScalar<std::uint32_t>(field);
    flatbuffers::WriteScalar(field, offset + 4);
    flatbuffers::WriteScalar(field + offset + 4, std::uint32_t{1});
  });
  BOOST_TEST((error_of(multipart{{frame}}) == ec::bad_envelope));
}

BOOST_AUTO_TEST_CASE(tells_a_wrong_kind_of_message) {
  auto ready = message_view::make(multipart{{pack_ready()}});
  BOOST_REQUIRE(ready);
  BOOST_TEST((read_tasks(*ready).error() == ec::unexpected_message));
  BOOST_TEST((read_results(*ready).error() == ec::unexpected_message));
  auto submit = message_view::make(raw_submit({ranges(0, 0)}, 0, 0));
  BOOST_REQUIRE(submit);
  BOOST_TEST((read_results(*submit).error() == ec::unexpected_message));
}

BOOST_AUTO_TEST_CASE(reads_no_functions_from_null) {
  auto functions = read_functions(nullptr);
  BOOST_REQUIRE(functions);
  BOOST_TEST(functions->empty());
}

BOOST_AUTO_TEST_CASE(names_of_functions_must_lie_inside) {
  BOOST_TEST(!!read_raw_functions({{1, 2, 0, 3, 2}}, "abcde"));
  for (auto& bad :
       {wire::FunctionEntry{1, 2, 0, 3, 3}, wire::FunctionEntry{1, 2, 6, 0, 0},
        wire::FunctionEntry{1, 2, 0xFFFFFFFF, 1, 1},
        wire::FunctionEntry{1, 2, 0, 0xFFFF, 0xFFFF}})
    BOOST_TEST((read_raw_functions({bad}, "abcde").error() == ec::bad_range));
}

BOOST_AUTO_TEST_CASE(functions_cannot_multiply_their_names) {
  auto entry = wire::FunctionEntry{1, 2, 0, 3, 0};
  auto functions = read_raw_functions({entry, entry}, "abcde");
  BOOST_TEST((functions.error() == ec::bad_range));
}

BOOST_AUTO_TEST_CASE(a_broken_failure_says_so) {
  std::vector<std::byte> arena;
  pack_failure({"type", "message"}, arena);
  for (auto n = std::size_t{0}; n < arena.size(); ++n) {
    auto x = read_failure(std::span{arena}.first(n));
    BOOST_TEST(x.message == "the description of the failure is broken");
  }
  arena.push_back(std::byte{0});
  BOOST_TEST(read_failure(arena).type.empty());
}

BOOST_AUTO_TEST_CASE(refuses_demands_out_of_bounds) {
  auto refused = [](task_demand x, std::size_t references,
                    std::size_t times = 1) {
    task_batch_builder builder{batch_kind::submit};
    builder.add({1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0}, {}, {});
    std::vector<std::uint64_t> numbers(references);
    for (; times > 0; --times)
      builder.demand(x, numbers);
    auto view = message_view::make(builder.finish({}));
    BOOST_REQUIRE(view);
    auto batch = read_tasks(*view);
    BOOST_REQUIRE(batch);
    return !read_demands(*view, *batch);
  };
  BOOST_TEST(!refused({.after = 1, .follow = 2, .targets = 3}, 6));
  BOOST_TEST(refused({.after = 1, .follow = 2, .targets = 3}, 5));
  BOOST_TEST(refused({.after = 0xFFFFFFFF, .follow = 2}, 1));
  BOOST_TEST(refused({.queue_ms = 1}, 0, 2)); // the same task twice
  BOOST_TEST(refused({.after = limits::task_references + 1},
                     limits::task_references + 1));
}

BOOST_AUTO_TEST_SUITE_END()
