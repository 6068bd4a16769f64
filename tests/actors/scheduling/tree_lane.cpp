// SPDX-License-Identifier: BSL-1.0
#include "actors/scheduling/tree_lane.hpp"

#include <iterator>
#include <optional>
#include <utility>

namespace troupe::test {

namespace {

/// Whose connection this is, if an engine's.
std::optional<engine_id> engine_at(const routing_id& peer) {
  auto text = std::string{peer.bytes()};
  if (!text.starts_with("engine"))
    return std::nullopt;
  auto digits = text.substr(text.find_first_of("0123456789"));
  return engine_id{static_cast<std::uint32_t>(std::stoul(digits))};
}

void append(std::vector<multipart>& to, std::vector<multipart>&& xs) {
  to.insert(to.end(), std::make_move_iterator(xs.begin()),
            std::make_move_iterator(xs.end()));
}

} // namespace

// -- the tree -----------------------------------------------------------------

tree_core::tree_core(const direct_scheduler_config& cfg, std::uint32_t count)
  : root(cfg, count) {
  for (std::uint32_t i = 0; i < count; ++i) {
    auto own = cfg;
    own.place = leaf_place{i, count};
    leaves.push_back(std::make_unique<direct_core>(own));
  }
}

void tree_core::admit(const engine_joined& x) {
  leaf_with(x.id).admit(x);
}

void tree_core::admit(client_id id, std::uint64_t token) {
  root.admit(id, token);
}

void tree_core::receive(multipart message) {
  if (auto id = engine_at(message.peer))
    leaf_with(*id).receive(std::move(message));
  else
    root.receive(std::move(message));
}

void tree_core::lose(engine_id id) {
  leaf_with(id).lose(id);
}

void tree_core::lose(client_id id) {
  BOOST_REQUIRE(flush().messages.empty()); // orders go before the news
  root.lose(id);
  for (auto& leaf : leaves)
    leaf->lose(id);
}

void tree_core::take_back(ec reason, multipart message) {
  if (auto id = engine_at(message.peer))
    leaf_with(*id).take_back(reason, std::move(message));
  else
    root.take_back(reason, std::move(message));
}

cancel_counts tree_core::cancel(client_id id, const cancel_request& what) {
  pass_down(); // orders go before this, too
  auto result = root.cancel(id, what);
  for (auto& leaf : leaves) {
    auto x = leaf->cancel(id, what);
    result.dequeued += x.dequeued;
    result.asked += x.asked;
    result.killed += x.killed;
  }
  return result;
}

void tree_core::tick() {
  root.tick();
  for (auto& leaf : leaves)
    leaf->tick();
}

void tree_core::pass_down() {
  auto down = root.flush();
  append(done_.messages, std::move(down.messages));
  for (auto id : down.gone_clients)
    done_.gone_clients.push_back(id);
  for (std::size_t i = 0; i < leaves.size(); ++i)
    leaves[i]->take(down.orders[i]);
  orders = std::move(down.orders);
}

scheduler_actions tree_core::flush() {
  reports.clear();
  pass_down();
  auto result = std::exchange(done_, {});
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    auto actions = leaves[i]->flush();
    append(result.messages, std::move(actions.messages));
    for (auto id : actions.gone_engines)
      result.gone_engines.push_back(id);
    for (auto& x : actions.revoked)
      result.revoked.push_back(std::move(x));
    reports.push_back(leaves[i]->take_report());
    root.collect(reports.back());
  }
  append(result.messages, root.flush().messages);
  return result;
}

scheduler_status tree_core::status() const {
  auto result = root.status();
  for (auto& leaf : leaves)
    result.queued += leaf->status().queued;
  return result;
}

std::string tree_core::validate() const {
  auto result = root.validate();
  for (auto& leaf : leaves)
    if (result.empty())
      result = leaf->validate();
  return result;
}

// -- the lane -----------------------------------------------------------------

void tree_lane::add(engine_id id) {
  core.admit(announcement(id, {work}));
  core.receive(join_message(peer_of(id), token_of(id)));
}

void tree_lane::add(client_id id) {
  core.admit(id, token_of(id));
  core.receive(join_message(peer_of(id), token_of(id)));
}

void tree_lane::answer(engine_id id, const std::vector<dispatched_task>& xs,
                       wire::Outcome outcome) {
  std::vector<std::uint64_t> keys;
  for (auto& x : xs)
    keys.push_back(x.key);
  core.receive(results_message(id, keys, outcome));
}

lane_output tree_lane::flush() {
  auto result = sort_out(core.flush());
  BOOST_TEST(core.validate() == "");
  return result;
}

} // namespace troupe::test
