// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/lane_core.hpp"

#include "troupe/protocol/pack.hpp"

#include <utility>

namespace troupe {

// -- peers --------------------------------------------------------------------

void lane_core::join(const routing_id& peer, const wire::Join& message) {
  auto x = peers_.find_token(message.token());
  if (!x)
    return drop(peer, wire::RefusalCode::UnknownPeer,
                "the token is not valid (any more), say hello again");
  if (!renew(x, message.connection())) {
    ++dropped_;
    return;
  }
  auto current = peers_.find(peer);
  if (current && current != x)
    replace(current);
  if (x.engine != nullptr)
    join(*x.engine, peer);
  else
    join(*x.client, peer);
}

bool lane_core::renew(peer_ref x, std::uint32_t connection) {
  auto& known = x.engine != nullptr ? x.engine->connection
                                    : x.client->connection;
  if (connection != 0 && connection < known)
    return false;
  known = connection;
  return true;
}

void lane_core::join(engine_record& engine, const routing_id& peer) {
  // What it had may be lost with the old connection, or came back.
  if (engine.peer != peer || !joined(engine))
    strand(engine);
  if (engine.peer != peer)
    peers_.connect({.engine = &engine}, peer);
  if (!joined(engine))
    enter(engine);
}

void lane_core::join(client_record& client, const routing_id& peer) {
  client.away = false;
  if (client.peer != peer)
    peers_.connect({.client = &client}, peer);
  outbox_.send(peer, pack_credit(credit_tasks_, credit_bytes_));
  outbox_.deliver_held(client);
}

void lane_core::replace(peer_ref x) {
  if (x.engine != nullptr)
    leave(*x.engine);
  else
    x.client->away = true;
  peers_.disconnect(x);
}

void lane_core::refuse(const routing_id& peer, wire::RefusalCode code,
                       std::string_view text) {
  outbox_.send(peer, pack_refusal(code, text));
}

void lane_core::drop(const routing_id& peer, wire::RefusalCode code,
                     std::string_view text) {
  ++dropped_;
  refuse(peer, code, text);
}

// -- messages -----------------------------------------------------------------

void lane_core::receive(multipart message) {
  auto view = message_view::make(std::move(message));
  if (!view) {
    ++dropped_;
    return;
  }
  if (auto body = view->get<wire::Join>())
    return join(view->peer(), *body);
  auto [engine, client] = peers_.find(view->peer());
  if (client != nullptr && view->kind() == submission_)
    submit(*client, std::move(*view));
  else if (engine != nullptr && view->kind() == wire::Body::Results)
    collect(*engine, *view);
  else if (engine != nullptr && view->kind() == wire::Body::Leave)
    withdraw(*engine);
  else if (engine == nullptr && client == nullptr)
    drop(view->peer(), wire::RefusalCode::UnknownPeer,
         "nobody joined from this connection");
  else
    drop(view->peer(), wire::RefusalCode::Malformed,
         "this message does not belong on this lane");
}

void lane_core::take_back(ec reason, multipart message) {
  auto [engine, client] = peers_.find(message.peer);
  auto gone = reason == ec::peer_gone || reason == ec::unknown_peer;
  if (client != nullptr) {
    if (gone && !std::exchange(client->away, true))
      actions_.gone_clients.push_back(client->id);
    auto view = message_view::make(message);
    if (view && view->kind() == wire::Body::Results)
      outbox_.hold(*client, std::move(message));
    return;
  }
  if (engine != nullptr && gone && joined(*engine)) {
    actions_.gone_engines.push_back(engine->id);
    leave(*engine);
  }
  undo(engine, gone, std::move(message));
}

} // namespace troupe
