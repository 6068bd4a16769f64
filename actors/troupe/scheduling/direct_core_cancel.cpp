// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/direct_core.hpp"

// How calls are cancelled, and how they end with their engine.
namespace troupe {

cancel_counts direct_core::cancel(client_id id, const cancel_request& what) {
  cancel_counts result;
  auto i = clients_.find(id);
  if (i == clients_.end())
    return result;
  auto request = what;
  for (auto& x : request.ranges)
    x.first &= ~direct_number;
  auto named = [&, client = &i->second](const direct_item& x) {
    return x.call->client == client && request.names(x.number());
  };
  for (auto& [engine, x] : engines_) {
    // What was sent before: its engine is told, and answers.
    revocation revoked{what.mode, {}};
    x.line.for_each_sent([&](direct_item& item) {
      if (!named(item))
        return;
      item.cancelled = true;
      revoked.keys.push_back(direct_key(item.key));
    });
    auto& told = what.mode == cancel_mode::kill ? result.killed : result.asked;
    told += revoked.keys.size();
    if (!revoked.keys.empty())
      actions_.revoked.emplace_back(engine, std::move(revoked));
    auto waiting = x.line.take_waiting(named);
    result.dequeued += waiting.size();
    for (auto& item : waiting)
      abort(item);
    list(x);
  }
  if (auto peer = i->second.peer) // else the root knows what came
    result.dequeued += peer->cancelled.add(request.ranges, peer->last_number);
  return result;
}

void direct_core::abort(direct_item x) {
  conclude(x, wire::Outcome::Aborted, no_engine,
           {"cancelled", "it had not begun"});
}

void direct_core::strand(direct_engine& engine, loss what) {
  auto id = engine.peer->id;
  auto began = what != loss::unbegun;
  engine.returned.clear();
  if (what != loss::sent)
    engine.line.mark_sent(engine.line.waiting());
  for (auto& x : engine.line.take_sent())
    if (x.cancelled && !began)
      abort(x);
    else if (x.cancelled)
      conclude(x, wire::Outcome::Aborted, id,
               {"cancelled", to_string(id) + " ended with it"});
    else
      conclude(x, wire::Outcome::EngineLost, id,
               {"engine_gone",
                to_string(id)
                  + (began ? " was lost" : " ended before the call began")});
}

void direct_core::strand(engine_record& engine) {
  strand(of(engine), loss::sent);
}

void direct_core::withdraw(engine_record& engine) {
  leave(engine);
  strand(of(engine), loss::unbegun);
}

} // namespace troupe
