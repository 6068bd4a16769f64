// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/outbox.hpp"

#include "troupe/scheduling/constraint_graph.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

std::uint8_t attempt_number(const task& x) {
  return static_cast<std::uint8_t>(std::min<unsigned>(x.attempts, 255));
}

void outbox::send(const routing_id& peer, buffer envelope) {
  frame_list frames;
  frames.push_back(std::move(envelope));
  messages_.emplace_back(peer, std::move(frames));
}

void outbox::dispatch(const task& x, std::uint64_t key) {
  auto& engine = *x.engine;
  auto& entry = x.entry();
  auto inline_bytes = x.inline_bytes();
  if (engine.batch.empty())
    engines_.push_back(&engine);
  else if (!engine.batch.takes(inline_bytes.size(), entry.frames(),
                               x.bytes - inline_bytes.size()))
    messages_.push_back(engine.batch.finish(engine.peer));
  auto early = x.demands != nullptr && x.demands->early;
  if (early && engine.batch.empty())
    engine.batch.behind(x.demands->behind);
  engine.batch.add({key, entry.function(), entry.signature(), 0, 0, 0, 0,
                    attempt_number(x), x.retries_left, entry.encoding(),
                    early ? dispatch_marks::early : std::int8_t{0}},
                   inline_bytes, x.frames());
  if (x.demands != nullptr && x.demands->run_ms > 0)
    engine.batch.limit(x.demands->run_ms);
}

void outbox::report(client_record& client, const wire::ResultEntry& entry,
                    std::span<const std::byte> inline_bytes,
                    std::span<const buffer> frames) {
  auto frame_bytes = std::size_t{0};
  for (auto& frame : frames)
    frame_bytes += frame.size();
  if (client.batch.empty())
    clients_.push_back(&client);
  else if (!client.batch.takes(inline_bytes.size(), frames.size(), frame_bytes))
    close(client);
  client.batch.add(entry, inline_bytes, frames);
}

void outbox::close(client_record& client) {
  auto message = client.batch.finish(client.peer);
  if (client.away)
    client.held.push_back(std::move(message));
  else
    messages_.push_back(std::move(message));
}

void outbox::hold(client_record& client, multipart results) {
  if (!client.away && client.held.empty())
    slow_.push_back(&client);
  client.held.push_back(std::move(results));
}

void outbox::deliver_held(client_record& client) {
  std::erase(slow_, &client);
  for (auto& message : std::exchange(client.held, {}))
    messages_.emplace_back(client.peer, std::move(message.frames));
}

void outbox::resend() {
  for (auto client : std::exchange(slow_, {}))
    if (!client->away)
      deliver_held(*client);
}

void outbox::forget(client_record& client) {
  std::erase(clients_, &client);
  std::erase(slow_, &client);
}

std::vector<multipart> outbox::flush() {
  for (auto engine : engines_)
    messages_.push_back(engine->batch.finish(engine->peer));
  engines_.clear();
  for (auto client : clients_)
    close(*client);
  clients_.clear();
  return std::exchange(messages_, {});
}

} // namespace troupe
