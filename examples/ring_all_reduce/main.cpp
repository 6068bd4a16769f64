// SPDX-License-Identifier: BSL-1.0
#include "ring_all_reduce.hpp"
#include "support/command_line.hpp"
#include "support/stage.hpp"

#include <caf/scoped_actor.hpp>

#include <chrono>
#include <iostream>

using namespace troupe;

namespace {

constexpr auto patience = std::chrono::minutes{1};

/// What node `rank` adds: multiples of rank + 1, so that sums are exact.
std::vector<double> numbers_of(unsigned rank, unsigned count) {
  std::vector<double> result(count);
  for (auto i = 0u; i < count; ++i)
    result[i] = (i % 1000) * (rank + 1.0);
  return result;
}

/// Whether `sums` are those of the numbers of all nodes.
bool right(const multipart& sums, unsigned nodes, unsigned count) {
  auto i = 0u;
  for (auto& frame : sums.frames)
    for (auto x : frame.as<double>())
      if (x != (i++ % 1000) * (nodes * (nodes + 1.0) / 2))
        return false;
  return i == count;
}

/// Opens the sockets of a ring, and spawns its nodes.
std::vector<ring_node_actor> make_ring(example::stage& on, unsigned nodes,
                                       bool inproc) {
  std::vector<open_socket> lefts;
  for (auto i = 0u; i < nodes; ++i)
    lefts.push_back(on.open(
      {.type = socket_type::pull,
       .bind = {inproc ? "inproc://node-" + std::to_string(i) : "ipc://*"}}));
  std::vector<ring_node_actor> result;
  for (auto i = 0u; i < nodes; ++i) {
    auto& next = lefts[(i + 1) % nodes];
    auto right =
      on.open({.type = socket_type::push, .connect = next.endpoints});
    result.push_back(
      on.spawn(ring_node, lefts[i].handle, right.handle, i, nodes));
  }
  return result;
}

void print_counters(example::stage& on, caf::scoped_actor& self) {
  self->request(on.bridge().actor(), patience, atom::counters_v)
    .receive(
      [](const socket_counters& x) {
        std::cout << "lent " << x.bytes_lent << " bytes in " << x.frames_lent
                  << " frames, copied " << x.bytes_copied << " bytes in "
                  << x.frames_copied << " frames" << std::endl;
      },
      [](caf::error& why) { example::fail(describe(why)); });
}

} // namespace

int main(int argc, char** argv) {
  unsigned nodes = 4;
  unsigned count = 1'000'000;
  std::string transport = "ipc";
  example::command_line{"Adds up arrays of several nodes around a ring"}
    .number("--nodes", nodes, 1, 100, "how many nodes")
    .number("--numbers", count, 1, 100'000'000, "doubles per node")
    .text("--transport", transport, "ipc or inproc")
    .parse(argc, argv);
  if (transport != "ipc" && transport != "inproc")
    example::fail("--transport is none of ipc and inproc");
  example::stage on;
  caf::scoped_actor self{on.system()};
  auto ring = make_ring(on, nodes, transport == "inproc");
  auto add = [&](unsigned rank) {
    return self->request(ring[rank], patience, caf::add_atom_v,
                         multipart{buffer::adopt(numbers_of(rank, count))});
  };
  std::vector<decltype(add(0))> sums;
  for (auto rank = 0u; rank < nodes; ++rank)
    sums.push_back(add(rank));
  for (auto& sum : sums)
    sum.receive(
      [&](const multipart& x) {
        if (!right(x, nodes, count))
          example::fail("a node has wrong sums");
      },
      [](caf::error& why) { example::fail(describe(why)); });
  std::cout << nodes << " nodes added " << count
            << " numbers each, all sums are right" << std::endl;
  print_counters(on, self);
  return 0;
}
