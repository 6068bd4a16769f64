// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/peer_table.hpp"

#include <cassert>

namespace troupe {

namespace {

routing_id& connection_of(peer_ref x) {
  return x.engine != nullptr ? x.engine->peer : x.client->peer;
}

template <class Map, class Key>
auto lookup(Map& xs, const Key& key) {
  auto i = xs.find(key);
  return i != xs.end() ? i->second : peer_ref{};
}

} // namespace

engine_record* peer_table::add_engine(engine_id id, std::uint64_t token,
                                      std::uint32_t hwm) {
  if (engines_.contains(id) || tokens_.contains(token))
    return nullptr;
  auto& x = engines_.emplace(id, hwm).first->second;
  x.id = id;
  x.token = token;
  tokens_.emplace(token, peer_ref{.engine = &x});
  return &x;
}

client_record* peer_table::add_client(client_id id, std::uint64_t token,
                                      std::uint32_t history) {
  if (clients_.contains(id) || tokens_.contains(token))
    return nullptr;
  auto& x = clients_.emplace(id, history).first->second;
  x.id = id;
  x.token = token;
  tokens_.emplace(token, peer_ref{.client = &x});
  return &x;
}

engine_record* peer_table::find(engine_id id) {
  auto i = engines_.find(id);
  return i != engines_.end() ? &i->second : nullptr;
}

client_record* peer_table::find(client_id id) {
  auto i = clients_.find(id);
  return i != clients_.end() ? &i->second : nullptr;
}

peer_ref peer_table::find(const routing_id& peer) const {
  return lookup(connections_, peer);
}

peer_ref peer_table::find_token(std::uint64_t token) const {
  return lookup(tokens_, token);
}

void peer_table::connect(peer_ref x, const routing_id& peer) {
  assert(!find(peer));
  disconnect(x);
  connection_of(x) = peer;
  connections_.emplace(peer, x);
}

void peer_table::disconnect(peer_ref x) {
  auto& peer = connection_of(x);
  if (peer.empty())
    return;
  connections_.erase(peer);
  peer = routing_id{};
}

void peer_table::erase(engine_record& x) {
  disconnect({.engine = &x});
  tokens_.erase(x.token);
  engines_.erase(engine_id{x.id});
}

void peer_table::erase(client_record& x) {
  disconnect({.client = &x});
  tokens_.erase(x.token);
  clients_.erase(client_id{x.id});
}

} // namespace troupe
