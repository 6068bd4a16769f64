// SPDX-License-Identifier: BSL-1.0
#include "actors/scheduling/lane.hpp"

#include <charconv>

namespace troupe::test {

namespace {

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span{text});
}

/// Reads the number behind the dash of `engine-3` or `client-3`.
template <class Id>
Id id_of(const routing_id& peer) {
  auto text = peer.bytes();
  auto number = std::uint32_t{0};
  auto first = text.data() + text.find('-') + 1;
  std::from_chars(first, text.data() + text.size(), number);
  return Id{number};
}

template <class Range>
std::vector<buffer> copy(Range&& frames) {
  return {frames.begin(), frames.end()};
}

void add_dispatch(lane_output& result, const message_view& view) {
  auto batch = read_tasks(view);
  BOOST_REQUIRE(batch);
  auto before = view.get<wire::Dispatch>()->behind();
  for (auto& x : batch->entries) {
    auto early = x.priority() == dispatch_marks::early;
    result.dispatched[id_of<engine_id>(view.peer())].push_back(
      {x.id(), function_id{x.function()}, x.attempts(),
       text_of(batch->bytes_of(x)), copy(batch->frames_of(x)),
       early ? before : 0});
    before = x.id();
  }
}

void add_results(lane_output& result, const message_view& view) {
  auto batch = read_results(view);
  BOOST_REQUIRE(batch);
  for (auto& x : batch->entries) {
    auto outcome = wire::Outcome{x.status()};
    auto bytes = batch->bytes_of(x);
    result.reported[id_of<client_id>(view.peer())].push_back(
      {x.id(), outcome, engine_id{x.engine()}, x.attempts(), text_of(bytes),
       copy(batch->frames_of(x)),
       outcome == wire::Outcome::Ok ? failure{} : read_failure(bytes)});
  }
}

} // namespace

multipart join_message(const routing_id& peer, std::uint64_t token) {
  return {peer, {pack_join(token)}};
}

multipart submit_message(client_id id, const std::vector<task_spec>& tasks) {
  task_batch_builder builder{batch_kind::submit};
  for (auto& x : tasks) {
    builder.add({x.number, value(x.function), 0, 0, 0, 0, 0, x.attempts,
                 x.retries, 0, x.priority},
                bytes_of(x.arguments), x.frames);
    if (x.demand != task_demand{} || !x.needs.empty())
      builder.demand(x.demand, x.references, x.needs);
  }
  return builder.finish(peer_of(id));
}

multipart results_message(engine_id id, const std::vector<std::uint64_t>& keys,
                          wire::Outcome outcome, std::uint64_t run_ns) {
  result_batch_builder builder{batch_kind::results};
  std::vector<std::byte> bytes;
  if (outcome != wire::Outcome::Ok)
    pack_failure({"type", "message"}, bytes);
  for (auto key : keys)
    builder.add({key, run_ns, 1, 0, 0, 0, 0, 99,
                 static_cast<std::uint8_t>(outcome), 1, 0, 0},
                bytes, {});
  return builder.finish(peer_of(id));
}

multipart rejection_message(engine_id id, std::uint64_t key,
                            std::chrono::milliseconds retry_after) {
  result_batch_builder builder{batch_kind::results};
  std::vector<std::byte> bytes;
  pack_rejection({retry_after, {"rejected", "not here"}}, bytes);
  builder.add({key, 1, 1, 0, 0, 0, 0, 99,
               static_cast<std::uint8_t>(wire::Outcome::Rejected), 1, 0, 0},
              bytes, {});
  return builder.finish(peer_of(id));
}

engine_joined announcement(engine_id id, std::vector<function_id> functions) {
  engine_joined result;
  result.id = id;
  result.token = token_of(id);
  result.name = to_string(id);
  result.functions = std::move(functions);
  return result;
}

std::vector<task_spec> tasks(task_number first, task_number last,
                             std::uint8_t attempts, std::uint8_t retries) {
  std::vector<task_spec> result;
  for (auto number = first; number <= last; ++number)
    result.push_back({.number = number,
                      .attempts = attempts,
                      .retries = retries,
                      .arguments = std::to_string(number)});
  return result;
}

lane_output sort_out(scheduler_actions actions) {
  lane_output result;
  result.gone_engines = std::move(actions.gone_engines);
  result.gone_clients = std::move(actions.gone_clients);
  result.revoked = std::move(actions.revoked);
  result.messages = actions.messages;
  for (auto& message : actions.messages) {
    auto view = message_view::make(std::move(message));
    BOOST_REQUIRE(view);
    if (view->get<wire::Dispatch>() != nullptr) {
      ++result.batches;
      add_dispatch(result, *view);
    } else if (view->get<wire::Results>() != nullptr) {
      ++result.batches;
      add_results(result, *view);
    } else if (auto refusal = view->get<wire::Refusal>()) {
      result.refusals.emplace_back(view->peer().bytes(), refusal->code());
    } else if (auto wish = view->get<wire::GiveBack>()) {
      result.wanted_back[id_of<engine_id>(view->peer())] += wish->tasks();
    } else {
      BOOST_REQUIRE(view->get<wire::Credit>() != nullptr);
      ++result.credits[id_of<client_id>(view->peer())];
    }
  }
  return result;
}

void lane::add(engine_id id, std::vector<function_id> functions) {
  core.admit(announcement(id, std::move(functions)));
  core.receive(join_message(peer_of(id), token_of(id)));
}

void lane::add(client_id id) {
  core.admit(id, token_of(id));
  core.receive(join_message(peer_of(id), token_of(id)));
}

void lane::answer(engine_id id, const std::vector<dispatched_task>& xs,
                  wire::Outcome outcome) {
  std::vector<std::uint64_t> keys;
  for (auto& x : xs)
    keys.push_back(x.key);
  core.receive(results_message(id, keys, outcome));
}

void lane::advance(std::chrono::milliseconds dt) {
  now_ += dt;
  core.advance(now_);
  core.tick();
}

lane_output lane::flush() {
  auto result = sort_out(core.flush());
  BOOST_TEST(core.validate() == "");
  return result;
}

} // namespace troupe::test
