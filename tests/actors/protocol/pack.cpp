// SPDX-License-Identifier: BSL-1.0
#include "troupe/protocol/pack.hpp"

#include "troupe/protocol/read.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

using namespace troupe;

namespace {

/// Verifies an envelope as a receiver does.
message_view view_of(buffer envelope) {
  auto result = message_view::make(multipart{{std::move(envelope)}});
  BOOST_REQUIRE(result);
  return std::move(*result);
}

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span{text});
}

wire::TaskEntry entry_of(std::uint64_t id) {
  return {id, 11, 12, 99, 99, 99, 99, 3, 4, 1, 0};
}

wire::ResultEntry result_of(std::uint64_t id) {
  return {id, 11, 12, 99, 99, 99, 99, 5, 1, 2, 1, 0};
}

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::vector<function_description> some_functions() {
  return {{function_id{7}, 70, "mandelbrot", "(i32) -> i32"},
          {function_id{8}, 80, "", ""},
          {function_id{9}, 90, "root", "(f64) -> f64"}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(pack_suite)

BOOST_AUTO_TEST_CASE(hello_comes_back_as_it_was) {
  hello_message x;
  x.role = wire::Role::Client;
  x.name = "alice";
  x.incarnation = 0x1234567890abcdef;
  x.pid = 4711;
  x.host = "node-1";
  x.functions = some_functions();
  auto view = view_of(pack_hello(x));
  BOOST_REQUIRE((view.kind() == wire::Body::Hello));
  auto y = read_hello(*view.get<wire::Hello>());
  BOOST_REQUIRE(y);
  BOOST_TEST(y->version == limits::protocol_version);
  BOOST_TEST((y->role == x.role));
  BOOST_TEST(y->name == x.name);
  BOOST_TEST(y->incarnation == x.incarnation);
  BOOST_TEST(y->pid == x.pid);
  BOOST_TEST(y->host == x.host);
  BOOST_TEST((y->functions == x.functions));
}

BOOST_AUTO_TEST_CASE(welcome_comes_back_as_it_was) {
  auto view = view_of(pack_welcome({3, "bob", 0xfeed, 1000, 4}));
  BOOST_REQUIRE(view.get<wire::Welcome>() != nullptr);
  BOOST_TEST(view.get<wire::Welcome>()->version() == limits::protocol_version);
  auto x = read_welcome(*view.get<wire::Welcome>());
  BOOST_TEST(x.id == 3u);
  BOOST_TEST(x.name == "bob");
  BOOST_TEST(x.token == 0xfeedu);
  BOOST_TEST(x.period_ms == 1000u);
  BOOST_TEST(x.max_misses == 4u);
}

BOOST_AUTO_TEST_CASE(status_comes_back_as_it_was) {
  status_message x;
  x.engines = {{engine_id{1}, "alice", 10, 2, 30, 400, 5, true},
               {engine_id{2}, "bob", 11, 0, 31, 0, 0, false}};
  x.functions = some_functions();
  x.queued = 1;
  x.accepted = 2;
  x.reported = 3;
  x.redispatched = 4;
  x.lost = 5;
  x.dropped = 6;
  x.clients = 7;
  x.uptime_ms = 8;
  x.frames_copied = 9;
  x.frames_lent = 10;
  x.bytes_copied = 11;
  x.bytes_lent = 12;
  auto view = view_of(pack_status(x));
  BOOST_REQUIRE(view.get<wire::Status>() != nullptr);
  auto y = read_status(*view.get<wire::Status>());
  BOOST_REQUIRE(y);
  BOOST_REQUIRE(y->engines.size() == 2u);
  BOOST_TEST(y->engines[0].name == "alice");
  BOOST_TEST(y->engines[0].done == 400u);
  BOOST_TEST(y->engines[0].failed == 5u);
  BOOST_TEST(y->engines[0].ready);
  BOOST_TEST(y->engines[1].name == "bob");
  BOOST_TEST(y->engines[1].silent_ms == 31u);
  BOOST_TEST(!y->engines[1].ready);
  BOOST_TEST((y->functions == x.functions));
  BOOST_TEST(y->queued == 1u);
  BOOST_TEST(y->redispatched == 4u);
  BOOST_TEST(y->dropped == 6u);
  BOOST_TEST(y->clients == 7u);
  BOOST_TEST(y->uptime_ms == 8u);
  BOOST_TEST(y->bytes_lent == 12u);
}

BOOST_AUTO_TEST_CASE(small_messages_come_back_as_they_were) {
  auto refusal = view_of(pack_refusal(wire::RefusalCode::Limit, "too much"));
  BOOST_REQUIRE(refusal.get<wire::Refusal>() != nullptr);
  BOOST_TEST((refusal.get<wire::Refusal>()->code() //
              == wire::RefusalCode::Limit));
  BOOST_TEST(refusal.get<wire::Refusal>()->text()->str() == "too much");
  BOOST_TEST(view_of(pack_ready()).get<wire::Ready>() != nullptr);
  auto goodbye = view_of(pack_goodbye("done"));
  BOOST_TEST(goodbye.get<wire::Goodbye>()->reason()->str() == "done");
  auto ping = view_of(pack_ping(5));
  BOOST_TEST(ping.get<wire::Ping>()->sequence() == 5u);
  auto pong = view_of(pack_pong(5, 6, 7));
  BOOST_TEST(pong.get<wire::Pong>()->sequence() == 5u);
  BOOST_TEST(pong.get<wire::Pong>()->queued() == 6u);
  BOOST_TEST(pong.get<wire::Pong>()->done() == 7u);
  auto query = view_of(pack_status_query(true));
  BOOST_TEST(query.get<wire::StatusQuery>()->subscribe());
  auto shutdown = view_of(pack_shutdown("enough"));
  BOOST_TEST(shutdown.get<wire::Shutdown>()->reason()->str() == "enough");
  auto join = view_of(pack_join(77));
  BOOST_TEST(join.get<wire::Join>()->token() == 77u);
  auto credit = view_of(pack_credit(8, 9));
  BOOST_TEST(credit.get<wire::Credit>()->tasks() == 8u);
  BOOST_TEST(credit.get<wire::Credit>()->bytes() == 9u);
}

BOOST_AUTO_TEST_CASE(a_batch_of_tasks_keeps_arguments_and_frames_apart) {
  task_batch_builder builder{batch_kind::submit};
  std::vector<buffer> frames{buffer::copy_of("first"),
                             buffer::copy_of("second"),
                             buffer::copy_of("third")};
  builder.add(entry_of(1), bytes_of("abc"), {});
  builder.add(entry_of(2), {}, std::span{frames}.first(2));
  builder.add(entry_of(3), bytes_of("defghijkl"), std::span{frames}.last(1));
  BOOST_TEST(builder.size() == 3u);
  auto peer = routing_id{"peer"};
  auto message = builder.finish(peer);
  BOOST_TEST(builder.empty());
  BOOST_TEST((message.peer == peer));
  BOOST_REQUIRE(message.frames.size() == 4u);
  BOOST_TEST(message.frames[1].data() == frames[0].data()); // no copy
  auto view = message_view::make(std::move(message));
  BOOST_REQUIRE(view);
  BOOST_TEST((view->kind() == wire::Body::Submit));
  auto batch = read_tasks(*view);
  BOOST_REQUIRE(batch);
  BOOST_REQUIRE(batch->entries.size() == 3u);
  auto& x = batch->entries[2];
  BOOST_TEST(x.id() == 3u);
  BOOST_TEST(x.function() == 11u);
  BOOST_TEST(x.signature() == 12u);
  BOOST_TEST(x.attempts() == 3);
  BOOST_TEST(x.retries() == 4);
  BOOST_TEST(x.encoding() == 1);
  BOOST_TEST(text_of(batch->bytes_of(batch->entries[0])) == "abc");
  BOOST_TEST(batch->bytes_of(batch->entries[1]).empty());
  BOOST_TEST(text_of(batch->bytes_of(x)) == "defghijkl");
  BOOST_TEST(batch->frames_of(batch->entries[0]).empty());
  BOOST_REQUIRE(batch->frames_of(batch->entries[1]).size() == 2u);
  BOOST_TEST(batch->frames_of(batch->entries[1])[1].text() == "second");
  BOOST_TEST(batch->frames_of(x).front().text() == "third");
}

BOOST_AUTO_TEST_CASE(arguments_are_aligned_for_numbers) {
  task_batch_builder builder{batch_kind::dispatch};
  for (auto size = std::size_t{1}; size < 40; ++size)
    builder.add(entry_of(size), bytes_of(std::string(size, 'x')), {});
  auto view = message_view::make(builder.finish({}));
  BOOST_REQUIRE(view);
  BOOST_TEST((view->kind() == wire::Body::Dispatch));
  auto batch = read_tasks(*view);
  BOOST_REQUIRE(batch);
  for (auto& x : batch->entries) {
    auto address = reinterpret_cast<std::uintptr_t>(batch->bytes_of(x).data());
    BOOST_TEST(address % 8 == 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_dispatch_says_what_its_first_task_is_behind) {
  task_batch_builder builder{batch_kind::dispatch};
  for (auto key : {std::uint64_t{7}, std::uint64_t{0}}) {
    builder.add(entry_of(1), {}, {});
    if (key != 0)
      builder.behind(key);
    auto view = message_view::make(builder.finish({}));
    BOOST_REQUIRE(view);
    BOOST_TEST(view->get<wire::Dispatch>()->behind() == key);
  }
}

BOOST_AUTO_TEST_CASE(a_batch_of_results_comes_back_as_it_was) {
  result_batch_builder builder{batch_kind::results};
  auto frame = buffer::copy_of("payload");
  builder.add(result_of(1), bytes_of("abc"), {});
  builder.add(result_of(2), {}, {&frame, 1});
  auto view = message_view::make(builder.finish({}));
  BOOST_REQUIRE(view);
  BOOST_TEST((view->kind() == wire::Body::Results));
  auto batch = read_results(*view);
  BOOST_REQUIRE(batch);
  BOOST_REQUIRE(batch->entries.size() == 2u);
  auto& x = batch->entries[0];
  BOOST_TEST(x.id() == 1u);
  BOOST_TEST(x.run_ns() == 11u);
  BOOST_TEST(x.started_ns() == 12u);
  BOOST_TEST(x.engine() == 5u);
  BOOST_TEST(x.status() == 1);
  BOOST_TEST(x.attempts() == 2);
  BOOST_TEST(x.encoding() == 1);
  BOOST_TEST(text_of(batch->bytes_of(x)) == "abc");
  BOOST_TEST(batch->frames_of(batch->entries[1]).front().text() == "payload");
}

BOOST_AUTO_TEST_CASE(a_builder_starts_afresh_after_finish) {
  task_batch_builder builder{batch_kind::submit};
  auto frame = buffer::copy_of("payload");
  for (auto round = 0; round < 3; ++round) {
    builder.add(entry_of(1), bytes_of("abc"), {&frame, 1});
    auto view = message_view::make(builder.finish({}));
    BOOST_REQUIRE(view);
    BOOST_TEST(view->payload().size() == 1u);
    BOOST_TEST(read_tasks(*view)->entries.size() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(an_empty_builder_takes_anything) {
  task_batch_builder builder{batch_kind::submit};
  BOOST_TEST(builder.takes(std::size_t{1} << 30, 5000, std::size_t{1} << 40));
}

BOOST_AUTO_TEST_CASE(a_builder_keeps_to_the_number_of_tasks) {
  task_batch_builder builder{batch_kind::submit};
  while (builder.size() < limits::batch_tasks) {
    BOOST_REQUIRE(builder.takes(0, 0, 0));
    builder.add(entry_of(1), {}, {});
  }
  BOOST_TEST(!builder.takes(0, 0, 0));
}

BOOST_AUTO_TEST_CASE(a_builder_keeps_to_its_sizes) {
  task_batch_builder builder{batch_kind::submit};
  auto text = std::string(limits::batch_arena_bytes - 8, 'x');
  auto large = buffer::adopt(std::vector<char>(limits::batch_frame_bytes - 8));
  std::vector<buffer> frames(limits::batch_frames - 1);
  frames.front() = large;
  builder.add(entry_of(1), bytes_of(text), frames);
  BOOST_TEST(builder.takes(8, 1, 8));
  BOOST_TEST(!builder.takes(9, 0, 0));
  BOOST_TEST(!builder.takes(0, 2, 0));
  BOOST_TEST(!builder.takes(0, 1, 9));
}

BOOST_AUTO_TEST_CASE(a_failure_comes_back_as_it_was) {
  for (auto& x : {failure{"std::runtime_error", "disk full"}, failure{"", ""},
                  failure{"", "only a message"}}) {
    std::vector<std::byte> arena;
    pack_failure(x, arena);
    BOOST_TEST((read_failure(arena) == x));
  }
}

BOOST_AUTO_TEST_CASE(a_long_failure_is_cut_between_characters) {
  auto x = failure{"t", std::string((std::size_t{64} << 10) - 1, 'x') + "é!"};
  std::vector<std::byte> arena;
  pack_failure(x, arena);
  auto y = read_failure(arena);
  BOOST_TEST(y.type == "t");
  BOOST_TEST(y.message == std::string((std::size_t{64} << 10) - 1, 'x'));
}

BOOST_AUTO_TEST_SUITE_END()
