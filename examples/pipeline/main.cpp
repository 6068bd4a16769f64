// SPDX-License-Identifier: BSL-1.0
#include "pipeline.hpp"
#include "pipeline_worker.hpp"
#include "support/command_line.hpp"
#include "support/stage.hpp"
#include <troupe/text_frames.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <charconv>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <system_error>

using namespace troupe;

namespace {

struct options {
  unsigned tasks = 60;
  unsigned credit = 2;
  unsigned slow = 20;
  unsigned quick = 1;
};

using tally = std::map<std::string, unsigned, std::less<>>;

/// Counts who sent the results that `socket`, a PULL, receives, and leaves
/// after `left` of them.
caf::behavior sink(caf::event_based_actor* self, socket_actor socket,
                   unsigned left, std::shared_ptr<tally> results) {
  self->send(socket, atom::attach_v, caf::actor_cast<socket_owner_actor>(self));
  return {
    [=](delivery& x) mutable {
      for (auto& result : x.messages) {
        ++(*results)[std::string{text_at(result, 0)}];
        if (--left == 0)
          self->quit();
      }
    },
    [](returned&) {},
    [](socket_event&) {},
  };
}

/// Squares the number of a task, and says who did it.
auto squares(std::string who) {
  return [who](multipart& task) {
    auto text = text_at(task, 0); // from outside: it may be anything
    auto n = 0ull;
    if (std::from_chars(text.data(), text.data() + text.size(), n).ec
        != std::errc{})
      return multipart{text_frames({who, "no number"})};
    return multipart{text_frames({who, std::to_string(n * n)})};
  };
}

outgoing make_tasks(unsigned n) {
  outgoing result;
  for (auto i = 1u; i <= n; ++i)
    result.messages.emplace_back(text_frames({std::to_string(i)}));
  return result;
}

} // namespace

int main(int argc, char** argv) {
  options with;
  example::command_line{"Gives tasks to a quick and a slow worker, each as "
                        "many as it asks for"}
    .number("--tasks", with.tasks, 1, 100'000, "how many tasks")
    .number("--credit", with.credit, 1, 1000, "tasks that a worker asks for")
    .number("--slow", with.slow, 0, 10'000, "ms per task of the slow worker")
    .number("--quick", with.quick, 0, 10'000, "ms per task of the quick one")
    .parse(argc, argv);
  example::stage on;
  auto router = on.open_private({.type = socket_type::router});
  auto pull = on.open_private({.type = socket_type::pull});
  auto results = std::make_shared<tally>();
  auto end = on.spawn(sink, pull.handle, with.tasks, results);
  auto source = on.spawn(pipeline_source, router.handle);
  auto hire = [&](const char* who, unsigned cost) {
    auto dealer = on.open({.connect = router.endpoints, .watch = true});
    auto push = on.open({.type = socket_type::push, .connect = pull.endpoints});
    on.spawn(pipeline_worker, dealer.handle, push.handle,
             pipeline_worker_config{.work = squares(who),
                                    .credit = with.credit,
                                    .cost = std::chrono::milliseconds{cost}});
  };
  hire("slow", with.slow);
  hire("quick", with.quick);
  caf::anon_send(source, make_tasks(with.tasks));
  on.wait_for(end);
  auto &slow = (*results)["slow"], &quick = (*results)["quick"];
  std::cout << "slow did " << slow << ", quick did " << quick << '\n'
            << "all " << slow + quick << " results arrived\n"
            << "slow did " << (slow < quick ? "less" : "no less")
            << " than quick\n";
  return 0;
}
