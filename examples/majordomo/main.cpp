// SPDX-License-Identifier: BSL-1.0
#include "majordomo.hpp"
#include "majordomo_worker.hpp"
#include "support/command_line.hpp"
#include "support/stage.hpp"
#include <troupe/text_frames.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <algorithm>
#include <cctype>
#include <iostream>

using namespace troupe;
using std::chrono::milliseconds;

namespace {

frame_list upper(std::span<const buffer> frames) {
  std::string result{text_at(frames, 0)};
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return std::toupper(c); });
  return text_frames({result});
}

frame_list reverse(std::span<const buffer> frames) {
  std::string result{text_at(frames, 0)};
  std::reverse(result.begin(), result.end());
  return text_frames({result});
}

/// Registers as a worker of `service` and dies of its first job.
caf::behavior mortal_worker(caf::event_based_actor* self, socket_actor socket,
                            std::string service) {
  self->send(socket, atom::attach_v, caf::actor_cast<socket_owner_actor>(self));
  self->send(socket, multipart{text_frames({"alive", service})});
  return {
    [self](delivery&) {
      std::cout << "a worker dies of its job" << std::endl;
      self->quit();
    },
    [](returned&) {},
    [](socket_event&) {},
  };
}

/// Prints what comes back.
template <class Response>
void show(const std::string& question, Response response) {
  std::cout << question << " -> ";
  response.receive(
    [](multipart& x) {
      std::cout << (text_at(x, 0) == "ok" ? "" : "refused: ") << text_at(x, 1)
                << std::endl;
    },
    [](caf::error& why) { std::cout << describe(why) << std::endl; });
}

} // namespace

int main(int argc, char** argv) {
  unsigned interval = 50;
  unsigned patience = 5000;
  example::command_line{"A broker, workers of two services, and one that dies"}
    .number("--interval", interval, 1, 10'000, "ms between signs of life")
    .number("--patience", patience, 1, 60'000, "ms until a client gives up")
    .parse(argc, argv);
  auto pause = milliseconds{interval};
  example::stage on;
  auto clients =
    on.open_private({.type = socket_type::router, .tag = majordomo_clients});
  auto workers =
    on.open_private({.type = socket_type::router, .tag = majordomo_workers});
  on.spawn(majordomo, clients.handle, workers.handle,
           majordomo_config{.interval = pause});
  auto hire = [&](const char* service, auto work) {
    auto dealer = on.open({.connect = workers.endpoints});
    on.spawn(majordomo_worker, dealer.handle,
             majordomo_worker_config{service, work, pause});
  };
  auto dealer = on.open(
    {.connect = clients.endpoints, .request_timeout = milliseconds{patience}});
  caf::scoped_actor self{on.system()};
  auto ask = [&](const char* service, const char* text) {
    return self->request(dealer.handle, caf::infinite, atom::request_v,
                         multipart{text_frames({service, text})});
  };
  hire("reverse", reverse);
  show("reverse stressed", ask("reverse", "stressed"));
  auto doomed = on.open({.connect = workers.endpoints});
  auto mortal = on.spawn(mortal_worker, doomed.handle, "upper");
  auto answer = ask("upper", "after all");
  on.wait_for(mortal);
  hire("upper", upper);
  show("upper after all", std::move(answer));
  return 0;
}
