// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/direct_core.hpp"

#include "troupe/interfaces.hpp"
#include "troupe/protocol/pack.hpp"
#include "troupe/scheduling/cast_checks.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace troupe {

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
  if (auto client = peers_.add_client(id, token, 1)) {
    clients_[id].id = id;
    clients_[id].peer = client;
  }
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
  auto peer = i->second.peer;
  clients_.erase(i);
  up_.forget(id);
  if (peer == nullptr)
    return; // it is the root's
  outbox_.forget(*peer);
  peers_.erase(*peer);
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
  auto [batch, code, reason] = check_casts(
    std::move(message), sender.last_number, {client.open, client.bytes},
    {cfg_.client_tasks, cfg_.client_bytes});
  if (!batch)
    return drop(sender.peer, code, reason);
  sender.last_number = last_of(batch->calls, sender.last_number);
  accept(client,
         {sender.id, batch, cancelled_before(batch->calls, sender.cancelled)});
}

void direct_core::take(const cast_orders& x) {
  for (auto& order : x.casts) {
    auto& client = clients_[order.client];
    client.id = order.client;
    accept(client, order);
  }
}

void direct_core::accept(direct_client& client, const cast_order& order) {
  for (std::uint32_t i = 0; i < order.batch->calls.entries.size(); ++i)
    accept(client, order, i);
}

bool direct_core::owns(engine_id id) const noexcept {
  return !cfg_.place || cfg_.place->owns(id);
}

std::uint32_t direct_core::own_engines(const cast_batch_view& calls,
                                       const wire::CastEntry& entry) const {
  if (!cfg_.place)
    return entry.engines();
  std::uint32_t result = 0;
  for (std::uint32_t k = 0; k < entry.engines(); ++k)
    result += owns(calls.engine(entry, k));
  return result;
}

void direct_core::accept(direct_client& client, const cast_order& order,
                         std::uint32_t index) {
  auto& calls = order.batch->calls;
  auto& entry = calls.entries[index];
  auto own = own_engines(calls, entry);
  if (own == 0)
    return; // other leaves have them
  auto& x = make_call();
  x.batch = order.batch;
  x.index = index;
  x.client = &client;
  x.open = own;
  x.bytes = bytes_of(calls, entry);
  client.open += x.open;
  client.bytes += x.bytes;
  accepted_ += x.open;
  auto key = x.key = ++last_key_;
  // The last result may end the call: nothing of it is read afterwards.
  for (std::uint32_t k = 0, count = entry.engines(); k < count; ++k) {
    auto id = calls.engine(entry, k);
    if (!owns(id))
      continue;
    auto i = engines_.find(id);
    direct_item item{&x, k, false, key};
    if (std::ranges::binary_search(order.cancelled, item.number())) {
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
