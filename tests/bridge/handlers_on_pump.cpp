// SPDX-License-Identifier: BSL-1.0

// Where handlers run, with `socket_spec::handlers_on_pump` and without.

#include "bridge/loopback.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <atomic>
#include <future>
#include <pthread.h>

using namespace std::chrono_literals;
using namespace troupe;

namespace {

std::string thread_name() {
  char name[16] = {};
  pthread_getname_np(pthread_self(), name, sizeof(name));
  return name;
}

/// Answers each message with the name of the thread that handled it.
caf::behavior namer(caf::event_based_actor* self, socket_actor socket) {
  self->set_default_handler(caf::drop);
  return {
    [=](const delivery& x) {
      for (std::size_t i = 0; i < x.messages.size(); ++i)
        self->send(socket, test::message({thread_name()}));
    },
  };
}

/// Tells the name of the thread that handles `close`.
caf::behavior teller(caf::event_based_actor*, std::promise<std::string>* out) {
  return {[=](atom::close) { out->set_value(thread_name()); }};
}

struct fixture : test::bridge_fixture {
  fixture() : client(sys) {
    socket_spec spec;
    spec.type = socket_type::pair;
    spec.bind = {"inproc://*"};
    auto socket = *bridge->open(spec);
    client.attach(socket.handle);
    asking = socket.handle;
    where = socket.endpoints.front();
  }

  /// Opens the other side and has messages handled there, in turn, so that each
  /// one wakes the handler up. @returns the names of the threads.
  std::vector<std::string> handlers(bool on_pump) {
    socket_spec spec;
    spec.type = socket_type::pair;
    spec.connect = {where};
    spec.handlers_on_pump = on_pump;
    auto socket = *bridge->open(spec);
    auto actor = sys.spawn(namer, socket.handle);
    caf::anon_send(socket.handle, atom::attach_v,
                   caf::actor_cast<socket_owner_actor>(actor));
    std::vector<std::string> result;
    for (auto i = 0; i < 200; ++i) {
      client.send(asking, test::message({"who?"}));
      result.push_back(test::texts(client.take()).front());
    }
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    return result;
  }

  test::owner client;
  socket_actor asking;
  std::string where;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(handlers_on_pump_suite, fixture)

BOOST_AUTO_TEST_CASE(handlers_run_on_the_scheduler_by_default) {
  for (auto& name : handlers(false))
    BOOST_TEST(name != "troupe.pump");
}

BOOST_AUTO_TEST_CASE(guests_run_on_the_pump) {
  auto names = handlers(true);
  // The scheduler starts the actor, and it goes on there as long as the next
  // message comes before it is through with the last one.
  auto first = std::find(names.begin(), names.end(), "troupe.pump");
  BOOST_TEST((first != names.end()));
  BOOST_TEST(std::count(first, names.end(), "troupe.pump")
             == names.end() - first);
}

BOOST_AUTO_TEST_CASE(guests_with_work_for_ever_keep_no_bridge_alive) {
  // A guest once it was woken up, and always busy from then on.
  struct flags {
    std::atomic<bool> on_pump{false};
    std::atomic<bool> end{false};
  };
  auto shared = std::make_shared<flags>();
  auto actor = sys.spawn<caf::lazy_init>([=](caf::event_based_actor* self) {
    return caf::behavior{[=](atom::close) {
      if (thread_name() == "troupe.pump")
        shared->on_pump = true;
      if (!shared->end)
        self->send(self, atom::close_v);
    }};
  });
  bridge->tell(actor, atom::close_v);
  BOOST_REQUIRE(test::wait_until([&] { return shared->on_pump.load(); }));
  auto closed = std::async(std::launch::async, [&] { bridge.reset(); });
  BOOST_TEST((closed.wait_for(test::patience) == std::future_status::ready));
  shared->end = true;
}

BOOST_AUTO_TEST_CASE(other_threads_wake_guests_up) {
  std::promise<std::string> name;
  // Has run its first time, and waits, once its behavior is there.
  auto actor = sys.spawn<caf::lazy_init>(teller, &name);
  bridge->tell(actor, atom::close_v);
  auto future = name.get_future();
  BOOST_REQUIRE((future.wait_for(test::patience) == std::future_status::ready));
  BOOST_TEST(future.get() == "troupe.pump");
}

BOOST_AUTO_TEST_SUITE_END()
