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

direct_core::direct_core(const direct_scheduler_config& cfg) : cfg_(cfg) {
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

void direct_core::join(const routing_id& peer, std::uint64_t token) {
  auto x = peers_.find_token(token);
  if (!x) {
    ++dropped_;
    refuse(peer, wire::RefusalCode::UnknownPeer,
           "the token is not valid (any more), say hello again");
    return;
  }
  auto current = peers_.find(peer);
  if (current && current != x)
    withdraw(current);
  if (x.engine != nullptr)
    join(*x.engine, peer);
  else
    join(*x.client, peer);
}

void direct_core::join(engine_record& engine, const routing_id& peer) {
  auto& x = engines_.at(engine.id);
  // What it had may be lost with the old connection.
  if (engine.peer != peer || !x.joined)
    strand(x, false);
  if (engine.peer != peer)
    peers_.connect({.engine = &engine}, peer);
  x.joined = true;
  list(x);
}

void direct_core::join(client_record& client, const routing_id& peer) {
  client.away = false;
  if (client.peer != peer)
    peers_.connect({.client = &client}, peer);
  outbox_.send(peer, pack_credit(cfg_.client_tasks, cfg_.client_bytes));
  outbox_.deliver_held(client);
}

void direct_core::withdraw(peer_ref x) {
  if (x.engine != nullptr)
    engines_.at(x.engine->id).joined = false;
  else
    x.client->away = true;
  peers_.disconnect(x);
}

void direct_core::strand(direct_engine& engine, bool all) {
  auto id = engine.peer->id;
  engine.returned.clear();
  if (all)
    engine.line.mark_sent(engine.line.waiting());
  for (auto& x : engine.line.take_sent())
    conclude(x, wire::Outcome::EngineLost, id,
             {"engine_gone", to_string(id) + " was lost"});
}

void direct_core::lose(engine_id id) {
  auto i = engines_.find(id);
  if (i == engines_.end())
    return;
  strand(i->second, true);
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
    for (auto& item : x.line.take_orphans())
      if (--item.call->open == 0)
        release(*item.call);
  auto& peer = *i->second.peer;
  outbox_.forget(peer);
  clients_.erase(i);
  peers_.erase(peer);
}

void direct_core::refuse(const routing_id& peer, wire::RefusalCode code,
                         std::string_view text) {
  outbox_.send(peer, pack_refusal(code, text));
}

// -- messages -----------------------------------------------------------------

void direct_core::receive(multipart message) {
  auto view = message_view::make(std::move(message));
  if (!view) {
    ++dropped_;
    return;
  }
  if (auto body = view->get<wire::Join>()) {
    join(view->peer(), body->token());
    return;
  }
  auto sender = peers_.find(view->peer());
  if (!sender) {
    ++dropped_;
    refuse(view->peer(), wire::RefusalCode::UnknownPeer,
           "nobody joined from this connection");
  } else if (sender.client != nullptr && view->get<wire::Cast>() != nullptr) {
    submit(clients_.at(sender.client->id), std::move(*view));
  } else if (sender.engine != nullptr
             && view->get<wire::Results>() != nullptr) {
    collect(engines_.at(sender.engine->id), *view);
  } else {
    ++dropped_;
    refuse(view->peer(), wire::RefusalCode::Malformed,
           "this message does not belong on the direct lane");
  }
}

void direct_core::take_back(ec reason, multipart message) {
  auto receiver = peers_.find(message.peer);
  auto gone = reason == ec::peer_gone || reason == ec::unknown_peer;
  auto view = message_view::make(message);
  if (auto client = receiver.client) {
    if (gone && !std::exchange(client->away, true))
      actions_.gone_clients.push_back(client->id);
    if (view && view->get<wire::Results>() != nullptr)
      outbox_.hold(*client, std::move(message));
  } else if (receiver.engine != nullptr && gone) {
    auto& engine = engines_.at(receiver.engine->id);
    if (std::exchange(engine.joined, false))
      actions_.gone_engines.push_back(receiver.engine->id);
    strand(engine, false);
  } else if (receiver.engine != nullptr && view
             && view->get<wire::Dispatch>() != nullptr) {
    engines_.at(receiver.engine->id).returned.push_back(std::move(message));
  }
}

// -- calls --------------------------------------------------------------------

void direct_core::submit(direct_client& client, message_view message) {
  auto refuse_it = [&](wire::RefusalCode code, std::string_view text) {
    ++dropped_;
    refuse(client.peer->peer, code, text);
  };
  auto calls = read_casts(message);
  if (!calls)
    return refuse_it(wire::RefusalCode::Malformed, describe(calls.error()));
  if (!plausible(client, *calls))
    return refuse_it(wire::RefusalCode::Malformed,
                     "numbers of results must ascend, arrays to scatter "
                     "consist of whole items");
  if (!has_credit(client, *calls))
    return refuse_it(wire::RefusalCode::Limit,
                     "more calls or bytes outstanding than the credit allows");
  auto batch = std::make_shared<const cast_submission>(
    cast_submission{std::move(message), *calls});
  for (std::uint32_t i = 0; i < batch->calls.entries.size(); ++i)
    accept(client, batch, i);
}

bool direct_core::plausible(const direct_client& client,
                            const cast_batch_view& calls) {
  auto last = client.last_number;
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
  client.last_number = entry.id() + entry.engines() - 1;
  accepted_ += x.open;
  // The last miss may end the call: nothing of it is read afterwards.
  for (std::uint32_t k = 0, count = entry.engines(); k < count; ++k) {
    auto id = calls.engine(entry, k);
    auto i = engines_.find(id);
    if (i == engines_.end()) {
      miss({&x, k}, id);
      continue;
    }
    i->second.line.push({&x, k});
    list(i->second);
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
  last_calls_.clear();
  last_message_.clear();
  std::ranges::move(outbox_.flush(), std::back_inserter(actions_.messages));
  return std::exchange(actions_, {});
}

} // namespace troupe
