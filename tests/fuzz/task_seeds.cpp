// SPDX-License-Identifier: BSL-1.0
// Honest messages of the cluster, and arguments of tasks.

#include "fuzz/seed_writer.hpp"
#include <troupe/codec/codec.hpp>
#include <troupe/protocol/cast_batch.hpp>
#include <troupe/protocol/control.hpp>
#include <troupe/protocol/pack.hpp>

#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace troupe::fuzz {

namespace {

void write_registry(seed_writer& to) {
  auto functions = std::vector<function_description>{
    {function_id{1}, 2, "square", "(f64) -> f64"},
    {function_id{3}, 4, "norm", "(array) -> f64"}};
  hello_message hello;
  hello.name = "engine-1";
  hello.host = "node";
  hello.functions = functions;
  hello.means = {{"fast", "gpu-node"}, {{"gpu", 1}, {"mem", 4096}}};
  to.write(pack_hello(hello));
  to.write(pack_welcome({1, "engine-1", 2, 1000, 3}));
  to.write(pack_refusal(wire::RefusalCode::NameTaken, "taken"));
  to.write(pack_ready());
  to.write(pack_goodbye("bye"));
  to.write(pack_ping(1));
  to.write(pack_pong(1, 2, 3));
  to.write(pack_status_query(true));
  status_message status;
  status.engines.push_back(
    {engine_id{1}, "engine-1", 2, 3, 4, 5, 6, true, hello.means});
  status.scheme = "leastload";
  status.functions = functions;
  to.write(pack_status(status));
  to.write(pack_shutdown("stop"));
  to.write(pack_join(7));
  to.write(pack_credit(8, 9));
}

void write_control(seed_writer& to) {
  to.write(pack_cancel({1, cancel_mode::kill, {{1, 2}, {7, 1}}}));
  to.write(pack_cancelled(1, {2, 3, 4}));
  to.write(pack_revoke({cancel_mode::stop, {1, 2, 3}}));
  to.write(pack_leave());
  to.write(pack_give_back(3));
  std::string wishes{"\x09\x02", 2};
  for (auto tasks : {3u, 0u, 9u}) {
    auto wish = pack_give_back(tasks);
    wishes += static_cast<char>(wish.size());
    wishes += wish.text();
  }
  to.write("give_back", wishes);
  to.write(pack_why_query({1, {client_id{2}, 3}}));
  to.write(pack_why(
    1, {{wire::WaitReason::Dependencies, {client_id{2}, 3}, 1, 2, 1}}));
}

void write_demand(task_batch_builder& tasks) {
  auto numbers = std::vector<std::uint64_t>{1, 2, 3};
  tasks.demand({1, 1, 1, 1000, 10, 5000, demand_flags::any}, numbers,
               {{"fast"}, {{"gpu", 1}}});
  tasks.add({}, {}, {});
  tasks.demand_again();
}

void write_casts(seed_writer& to) {
  auto frame = buffer::copy_of("frame");
  auto arguments = std::vector<std::byte>(16);
  auto engines = std::vector<std::uint32_t>{0, 1, 2};
  cast_batch_builder casts;
  casts.add({}, arguments, {}, engines);
  wire::CastEntry scattered{
    2, 3, 4, 0, 0, 0, 0, 8, 0, 0, 0, cast_flags::round_robin, 0, 0};
  casts.add(scattered, arguments, {&frame, 1}, engines);
  to.write(casts.finish());
}

template <class T>
void write_arguments(seed_writer& to, int which, const T& value) {
  std::vector<std::byte> arena;
  std::vector<buffer> frames;
  encoder out{arena, frames};
  codec<T>::encode(out, value);
  std::string text{static_cast<char>(which), '\0'};
  text.append(reinterpret_cast<const char*>(arena.data()), arena.size());
  to.write("arguments", text);
}

void write_batches(seed_writer& to) {
  std::vector<std::byte> broken;
  pack_failure({"std::runtime_error", "it broke"}, broken);
  to.write("failure",
           {reinterpret_cast<const char*>(broken.data()), broken.size()});
  auto frame = buffer::copy_of("frame");
  for (auto kind : {batch_kind::submit, batch_kind::dispatch}) {
    task_batch_builder tasks{kind};
    tasks.add({}, broken, {&frame, 1});
    tasks.add({}, broken, {});
    if (kind == batch_kind::submit)
      write_demand(tasks);
    else
      tasks.limit(1000);
    to.write(tasks.finish({}));
  }
  result_batch_builder results{batch_kind::results};
  results.add({}, broken, {&frame, 1});
  std::vector<std::byte> rejected;
  pack_rejection({std::chrono::milliseconds{5}, {"", "not now"}}, rejected);
  to.write("failure",
           {reinterpret_cast<const char*>(rejected.data()), rejected.size()});
  results.add({}, rejected, {});
  to.write(results.finish({}));
}

} // namespace

void write_message_seeds(seed_writer& to) {
  write_registry(to);
  write_control(to);
  write_batches(to);
  write_casts(to);
}

// By number, values of the types that `read_arguments` knows.
void write_argument_seeds(seed_writer& to) {
  using entries = std::vector<std::pair<std::string, std::optional<float>>>;
  auto list = entries{{"a", 1.0f}, {"b", std::nullopt}};
  write_arguments(to, 0,
                  std::tuple{true, 'x', short{1}, 2.0, std::string{"text"}});
  write_arguments(to, 1, std::vector<std::string>{"one", "two"});
  write_arguments(to, 2, std::vector<double>{1, 2});
  write_arguments(to, 3, std::vector<std::int64_t>{1, 2});
  write_arguments(to, 4, std::vector<float>{1, 2});
  write_arguments(
    to, 5, std::tuple{std::string{"a"}, std::string{"b"}, std::string{"c"}});
  write_arguments(to, 6, std::vector<std::vector<entries>>{{list, {}}, {list}});
  write_arguments(to, 7,
                  std::tuple{std::vector<bool>{true, false},
                             std::vector<char>{'a'}, list});
  // One frame of a byte, as a string in a list names it.
  to.write("arguments", {"\1\1\1x"
                         "\1\0\0\0\0\0\0\0"
                         "\3\0\0\0\0\0\0\0",
                         20});
}

} // namespace troupe::fuzz
