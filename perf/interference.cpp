// SPDX-License-Identifier: BSL-1.0

#include "interference.hpp"

#include "actor_interference.hpp"
#include "harness/compete.hpp"
#include "lane_setup.hpp"
#include "lanes_interference.hpp"
#include "raw_interference.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace troupe::perf {

namespace {

void run(const options& with, report& out) {
  auto bytes = std::size_t{with.quick ? 64u : 1024u} << 20;
  for (const auto& transport : with.transports)
    for (auto size : with.sizes)
      for (std::string_view lane : {"shared", "own", "nice", "lanes"}) {
        auto plain = lane != "lanes";
        lane_setup setup{transport, std::string{lane}, bytes / size, size};
        row key;
        key.set("bench", "interference").set("path", "raw");
        key.set("transport", transport).set("size", size).set("lane", lane);
        std::vector<contender> xs;
        if (with.runs_raw() && plain)
          xs.push_back({key, [x = std::make_shared<raw_interference>(setup)] {
                          return x->run();
                        }});
        key.set("path", "actor");
        if (with.runs_actor() && !plain)
          xs.push_back({key, [x = std::make_shared<lanes_interference>(setup)] {
                          return x->run();
                        }});
        else if (with.runs_actor())
          xs.push_back({key, [x = std::make_shared<actor_interference>(setup)] {
                          return x->run();
                        }});
        compete(xs, with.repeat, out);
      }
}

} // namespace

workload interference_workload() {
  workload result{"interference",
                  "small round trips while 1 GB moves beside them",
                  {"size", "transport"},
                  {},
                  run};
  result.defaults.transports = {"tcp", "ipc"};
  result.defaults.sizes = {64 << 10, 1 << 20};
  result.hurry = [](options& with) {
    with.sizes = {1 << 20};
    with.repeat = 3;
  };
  return result;
}

} // namespace troupe::perf
