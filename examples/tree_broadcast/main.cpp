// SPDX-License-Identifier: BSL-1.0
#include "support/command_line.hpp"
#include "support/stage.hpp"
#include "tree_broadcast.hpp"

#include <caf/scoped_actor.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iostream>

using namespace troupe;

namespace {

constexpr auto patience = std::chrono::minutes{1};

struct options {
  unsigned nodes = 15;
  unsigned arity = 2;
  unsigned size = 1024;
};

/// Spawns node `rank` and those below it, which are arity * rank + 1 and so on.
/// @returns the node
tree_node_actor grow(example::stage& on, const options& with, unsigned rank,
                     socket_actor up,
                     const std::function<void(const multipart&)>& take) {
  tree_node_config cfg{.up = std::move(up), .down = {}, .take = take};
  auto first = with.arity * rank + 1;
  auto last = std::min(first + with.arity, with.nodes);
  for (auto child = first; child < last; ++child) {
    auto down =
      on.open_private({.type = socket_type::pair, .tag = child - first + 1});
    auto socket =
      on.open({.type = socket_type::pair, .connect = down.endpoints});
    cfg.down.push_back(down.handle);
    grow(on, with, child, socket.handle, take);
  }
  return on.spawn(tree_node, std::move(cfg));
}

/// Bytes that are easy to check.
std::vector<unsigned char> pattern(std::size_t size) {
  std::vector<unsigned char> result(size);
  for (auto i = std::size_t{0}; i < size; ++i)
    result[i] = static_cast<unsigned char>(i * 7 + i / 256);
  return result;
}

} // namespace

int main(int argc, char** argv) {
  options with;
  example::command_line{"Sends one payload to many nodes over a tree"}
    .number("--nodes", with.nodes, 1, 1000, "how many nodes, with the root")
    .number("--arity", with.arity, 1, 1000, "nodes below each node")
    .number("--size", with.size, 0, 1'000'000, "size of the payload in kB")
    .parse(argc, argv);
  auto bytes = pattern(std::size_t{with.size} * 1024);
  std::atomic<unsigned> right = 0;
  auto take = [&](const multipart& x) {
    auto got = x.frames.front().as<unsigned char>();
    if (std::equal(got.begin(), got.end(), bytes.begin(), bytes.end()))
      ++right;
  };
  example::stage on;
  caf::scoped_actor self{on.system()};
  auto root = grow(on, with, 0, {}, take);
  self->request(root, patience, multipart{buffer::adopt(pattern(bytes.size()))})
    .receive(
      [&](std::uint64_t nodes) {
        std::cout << right << " of " << nodes << " nodes have the right bytes"
                  << std::endl;
      },
      [](caf::error& why) { example::fail(describe(why)); });
  self->request(on.bridge().actor(), patience, atom::counters_v)
    .receive(
      [](const socket_counters& x) {
        std::cout << "lent " << x.bytes_lent << " bytes, copied "
                  << x.bytes_copied << " bytes of numbers and receipts"
                  << std::endl;
      },
      [](caf::error& why) { example::fail(describe(why)); });
  return right == with.nodes ? 0 : 1;
}
