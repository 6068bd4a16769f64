// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/direct_core.hpp"

#include "troupe/interfaces.hpp"
#include "troupe/protocol/pack.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace troupe {

namespace {

// Size of the number that stands for the length of an array.
constexpr auto length_bytes = sizeof(std::uint64_t);

std::uint64_t bytes_of(const cast_batch_view& calls, const wire::CastEntry& x) {
  auto result = std::uint64_t{x.size()};
  for (auto& frame : calls.frames_of(x))
    result += frame.size();
  return result;
}

/// Whether there is an array of such items to scatter.
bool can_scatter(const cast_batch_view& calls, const wire::CastEntry& x) {
  return x.size() >= length_bytes && x.frames() > 0
         && calls.frames_of(x).front().size() % x.item_size() == 0;
}

} // namespace

direct_core::direct_core(const direct_scheduler_config& cfg)
  : lane_core(wire::Body::Cast, cfg.client_tasks, cfg.client_bytes), cfg_(cfg) {
  // nop
}

// -- peers --------------------------------------------------------------------

void direct_core::admit(const engine_joined& x) {
  known_engines_ = std::max(known_engines_, value(x.id) + 1);
  if (auto engine = peers_.add_engine(x.id, x.token, 0))
    engines_[x.id].peer = engine;
}

void direct_core::admit(client_id id, std::uint64_t token) {
  if (auto client = peers_.add_client(id, token, 1))
    clients_[id].peer = client;
}

bool direct_core::joined(const engine_record& engine) const {
  return engines_.at(engine.id).joined;
}

void direct_core::enter(engine_record& engine) {
  auto& x = of(engine);
  x.joined = true;
  list(x);
}

void direct_core::leave(engine_record& engine) {
  of(engine).joined = false;
}

void direct_core::lose(engine_id id) {
  auto i = engines_.find(id);
  if (i == engines_.end())
    return;
  strand(i->second, loss::all);
  std::erase(listed_, &i->second);
  auto& peer = *i->second.peer;
  engines_.erase(i);
  peers_.erase(peer);
}

void direct_core::lose(client_id id) {
  auto i = clients_.find(id);
  if (i == clients_.end())
    return;
  for (auto& x : calls_)
    if (x.client == &i->second)
      x.client = nullptr;
  for (auto& [engine, x] : engines_)
    for (auto& item :
         x.line.take_waiting([](auto& y) { return y.call->client == nullptr; }))
      if (--item.call->open == 0)
        release(*item.call);
  auto& peer = *i->second.peer;
  outbox_.forget(peer);
  clients_.erase(i);
  peers_.erase(peer);
}

void direct_core::undo(engine_record* engine, bool gone, multipart message) {
  if (engine == nullptr)
    return;
  auto view = message_view::make(message);
  if (gone)
    strand(*engine);
  else if (view && view->kind() == wire::Body::Dispatch)
    of(*engine).returned.push_back(std::move(message));
}

// -- calls --------------------------------------------------------------------

void direct_core::submit(client_record& sender, message_view message) {
  auto& client = clients_.at(sender.id);
  auto& peer = sender.peer;
  auto calls = read_casts(message);
  if (!calls)
    return drop(peer, wire::RefusalCode::Malformed, describe(calls.error()));
  if (!plausible(client, *calls))
    return drop(peer, wire::RefusalCode::Malformed,
                "numbers of results must ascend, arrays to scatter consist of "
                "whole items");
  if (!has_credit(client, *calls))
    return drop(peer, wire::RefusalCode::Limit,
                "more calls or bytes outstanding than the credit allows");
  auto batch = std::make_shared<const cast_submission>(
    cast_submission{std::move(message), *calls});
  for (std::uint32_t i = 0; i < batch->calls.entries.size(); ++i)
    accept(client, batch, i);
}

bool direct_core::plausible(const direct_client& client,
                            const cast_batch_view& calls) {
  auto last = client.peer->last_number;
  for (auto& entry : calls.entries) {
    if (entry.id() <= last || entry.id() + entry.engines() < entry.id()
        || (entry.item_size() != 0 && !can_scatter(calls, entry)))
      return false;
    last = entry.id() + entry.engines() - 1;
  }
  return true;
}

bool direct_core::has_credit(const direct_client& client,
                             const cast_batch_view& calls) const {
  auto open = client.open;
  auto bytes = client.bytes;
  for (auto& entry : calls.entries) {
    open += entry.engines();
    bytes += bytes_of(calls, entry);
  }
  auto alone = client.open == 0 && calls.entries.size() == 1;
  return alone || (open <= cfg_.client_tasks && bytes <= cfg_.client_bytes);
}

void direct_core::accept(direct_client& client,
                         const std::shared_ptr<const cast_submission>& batch,
                         std::uint32_t index) {
  auto& calls = batch->calls;
  auto& entry = calls.entries[index];
  auto& x = make_call();
  x.batch = batch;
  x.index = index;
  x.client = &client;
  x.open = entry.engines();
  x.bytes = bytes_of(calls, entry);
  client.open += x.open;
  client.bytes += x.bytes;
  client.peer->last_number = entry.id() + entry.engines() - 1;
  accepted_ += x.open;
  auto key = ++last_key_;
  auto& cancelled = client.peer->cancelled;
  // The last result may end the call: nothing of it is read afterwards.
  for (std::uint32_t k = 0, count = entry.engines(); k < count; ++k) {
    auto id = calls.engine(entry, k);
    auto i = engines_.find(id);
    direct_item item{&x, k, false, key};
    if (!cancelled.empty() && cancelled.take(entry.id() + k)) {
      abort(item);
    } else if (i == engines_.end()) {
      miss(item, id);
    } else {
      auto& line = i->second.line;
      if (!line.items().empty() && line.items().back().call == &x)
        item.key = ++last_key_; // it has this engine twice
      line.push(item);
      list(i->second);
    }
  }
}

void direct_core::miss(direct_item x, engine_id id) {
  if (value(id) < known_engines_)
    return conclude(x, wire::Outcome::EngineLost, id,
                    {"engine_gone", to_string(id) + " is gone"});
  conclude(x, wire::Outcome::Impossible, no_engine,
           {"unknown_engine", "there never was an " + to_string(id)});
}

void direct_core::list(direct_engine& engine) {
  if (!std::exchange(engine.listed, true))
    listed_.push_back(&engine);
}

// -- rounds -------------------------------------------------------------------

void direct_core::tick() {
  for (auto& [id, x] : engines_)
    if (!x.returned.empty()) {
      auto messages = std::exchange(x.returned, {});
      std::ranges::move(messages, std::back_inserter(actions_.messages));
      list(x);
    }
  outbox_.resend();
}

bool direct_core::needs_tick() const noexcept {
  return outbox_.holds() || std::ranges::any_of(engines_, [](auto& x) {
           return !x.second.returned.empty();
         });
}

scheduler_actions direct_core::flush() {
  for (auto engine : std::exchange(listed_, {})) {
    engine->listed = false;
    dispatch(*engine);
  }
  last_keys_.clear();
  last_message_.clear();
  std::ranges::move(outbox_.flush(), std::back_inserter(actions_.messages));
  return std::exchange(actions_, {});
}

} // namespace troupe
