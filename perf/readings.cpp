// SPDX-License-Identifier: BSL-1.0

#include "readings.hpp"

#include <array>
#include <utility>

namespace troupe::perf {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 13>
  readings{{
    {"throughput",
     "Messages per second from one socket to another. Up to about a kilobyte "
     "the cost per message decides, and batches make up for it; beyond, the "
     "bytes do, and the paths come together."},
    {"latency",
     "Whole round trips, one after the other. What the actor path adds is a "
     "fixed number of wake-ups, so it matters for small messages and vanishes "
     "in large ones."},
    {"crossover",
     "Everything copied against everything lent. Where the relative curve "
     "passes 1, lending begins to pay. pyzmq's own curves cross between 10 and "
     "15 kB for the send call and near 1 MB for throughput; C++ crosses "
     "earlier, since nothing but the allocation stands against the copy."},
    {"sends",
     "How long the owner of large arrays is busy handing them over. It should "
     "not grow with their size; IPython published 50 ms for 100 arrays of "
     "4 MB."},
    {"interference",
     "The 99th percentile of small round trips alone (filled) and while bulk "
     "data moves (hollow). One connection and one I/O thread for both lets "
     "small messages wait behind large ones; lanes of their own do not."},
    {"flood",
     "N tiny tasks at once: round trips, and the submission alone. The curves "
     "should rise while fixed costs matter and then stay flat in N. "
     "The raw device passes one task per message; the cluster passes batches."},
    {"echo",
     "Arrays sent out and back through the middle. Small arrays cost what "
     "messages cost; large ones run at the speed of the transport, twice. The "
     "time to hand them over should not grow with their size; small arrays are "
     "as many as make 64 MiB, large ones 100, so that time falls."},
    {"map",
     "Sleeps of dt, as many as keep all engines busy: 1 is ideal. Shows from "
     "which task size on the overhead is negligible; IPython needed 100 ms."},
    {"backlog",
     "Tasks per second while many wait, through the cluster and through the "
     "scheduler's rules alone. A flat curve says that the queue costs the same "
     "whatever its length."},
    {"broadcast",
     "One payload to each engine, an answer from each; a batch of payloads is "
     "on its way at a time. The raw twin sends it once per engine; the cluster "
     "fans out by reference."},
    {"codec",
     "Size and time of what travels, by type. Containers are encoded in one "
     "pass: IPython of 2011 encoded them twice, and took 34,086 bytes where "
     "pickle takes 2,752."},
    {"startup",
     "From the start of processes until each answered. A cluster hands out "
     "tasks when all its engines are there, so that the first result comes "
     "with the last."},
    {"memory",
     "Resident memory of each role when nothing has run (filled) and when all "
     "tasks have (hollow). Bytes per queued task stand below."},
  }};

} // namespace

std::string_view reading_of(std::string_view bench) {
  for (const auto& [name, text] : readings)
    if (name == bench)
      return text;
  return {};
}

} // namespace troupe::perf
