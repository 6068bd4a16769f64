// SPDX-License-Identifier: BSL-1.0

#include "scheduler_rounds.hpp"

#include "micro/samples.hpp"
#include "troupe/interfaces.hpp"
#include "troupe/protocol/read.hpp"

#include <algorithm>
#include <utility>

namespace troupe::perf {

namespace {

task_scheduler_config make_config(std::size_t engines) {
  task_scheduler_config result;
  result.client_tasks = 4'000'000;
  result.client_bytes = std::uint64_t{1} << 40;
  result.hwm = static_cast<std::uint32_t>(
    std::max<std::size_t>(scheduler_rounds::batch / engines, 1));
  return result;
}

} // namespace

scheduler_rounds::scheduler_rounds(std::size_t engines, std::size_t size)
  : size_(size), core_(make_config(engines)) {
  core_.admit(client_id{1}, client_token);
  core_.receive({client_, {pack_join(client_token)}});
  for (std::uint32_t i = 0; i < engines; ++i) {
    engine_joined engine;
    engine.id = engine_id{i};
    engine.token = i + 1;
    engine.functions = {sample_function};
    core_.admit(engine);
    core_.receive({routing_id{"e" + std::to_string(i)}, {pack_join(i + 1)}});
  }
  note(core_.flush());
}

void scheduler_rounds::queue(std::size_t count) {
  for (std::size_t i = 0; i < count; i += batch)
    core_.receive(next_submit());
  note(core_.flush());
}

multipart scheduler_rounds::next_submit() {
  auto result = make_submit(client_, next_, batch, size_);
  next_ += batch;
  return result;
}

std::vector<multipart> scheduler_rounds::next_results() {
  std::vector<multipart> result;
  for (auto& [peer, keys] : std::exchange(dispatched_, {}))
    result.push_back(make_results(routing_id{peer}, keys));
  return result;
}

void scheduler_rounds::receive(std::vector<multipart> results,
                               multipart submit) {
  for (auto& message : results)
    core_.receive(std::move(message));
  core_.receive(std::move(submit));
}

std::size_t scheduler_rounds::note(scheduler_actions actions) {
  std::size_t result = 0;
  for (auto& message : actions.messages) {
    auto view = message_view::make(std::move(message));
    if (!view || view->get<wire::Dispatch>() == nullptr)
      continue;
    auto tasks = read_tasks(*view);
    auto& keys = dispatched_[std::string{view->peer().bytes()}];
    for (const auto& x : tasks->entries)
      keys.push_back(x.id());
    result += keys.size();
  }
  return result;
}

} // namespace troupe::perf
