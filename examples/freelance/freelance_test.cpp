// SPDX-License-Identifier: BSL-1.0
#include "freelance.hpp"
#include "support/deterministic_fixture.hpp"
#include <troupe/text_frames.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <memory>
#include <optional>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

/// Whom the client asks: answers with its name after a delay, with an error at
/// once, or never.
struct part {
  std::string name;
  std::optional<caf::timespan> delay = caf::timespan{0};
  bool fails = false;
  unsigned asked = 0;
};

/// Stands in for the socket to one server.
caf::behavior socket(caf::event_based_actor* self, std::shared_ptr<part> role) {
  using promise = caf::typed_response_promise<multipart>;
  auto late = std::make_shared<promise>();
  return {
    [=](atom::request, multipart&) -> caf::result<multipart> {
      ++role->asked;
      if (role->fails)
        return make_error(ec::peer_gone, "gone");
      *late = self->make_response_promise<multipart>();
      if (role->delay)
        self->delayed_send(self, *role->delay, caf::tick_atom_v);
      return *late;
    },
    [=](caf::tick_atom) {
      late->deliver(multipart{text_frames({role->name})});
    },
  };
}

struct fixture : test::deterministic_fixture {
  ~fixture() {
    for (auto& x : actors)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    run();
  }

  /// Asks servers in these roles, and lets `wait` pass.
  void ask(std::vector<part> roles, caf::timespan wait) {
    std::vector<socket_actor> servers;
    for (auto& role : roles) {
      parts.push_back(std::make_shared<part>(role));
      actors.push_back(sys.spawn(socket, parts.back()));
      servers.push_back(caf::actor_cast<socket_actor>(actors.back()));
    }
    auto asked = sys.spawn(freelance, servers, 500ms);
    actors.push_back(caf::actor_cast<caf::actor>(asked));
    client->send(asked, std::string{"who?"});
    run();
    advance(wait);
  }

  test::probe client{sys};
  std::vector<std::shared_ptr<part>> parts;
  std::vector<caf::actor> actors;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(freelance_suite, fixture)

BOOST_AUTO_TEST_CASE(takes_the_first_reply_and_no_other) {
  ask({{"slow", 20ms}, {"quick", 10ms}}, 10ms);
  BOOST_TEST(client.received(std::string{"quick"}));
  advance(1s);
  BOOST_TEST(client.received_nothing());
  BOOST_TEST(parts[0]->asked == 1u);
}

BOOST_AUTO_TEST_CASE(does_not_wait_for_the_silent_nor_mind_the_dead) {
  ask({{"silent", std::nullopt}, {"dead", 0ms, true}, {"slow", 20ms}}, 20ms);
  BOOST_TEST(client.received(std::string{"slow"}));
  advance(1s);
  BOOST_TEST(client.received_nothing());
}

BOOST_AUTO_TEST_CASE(says_at_once_that_there_is_nobody_to_ask) {
  ask({}, 0ms);
  BOOST_CHECK(std::get<0>(client.take<caf::error>()) == ec::bad_config);
}

BOOST_AUTO_TEST_CASE(gives_up_when_nobody_replies) {
  ask({{"silent", std::nullopt}, {"dead", 0ms, true}}, 499ms);
  BOOST_TEST(client.received_nothing());
  advance(1ms);
  BOOST_CHECK(std::get<0>(client.take<caf::error>()) == ec::timed_out);
}

BOOST_AUTO_TEST_SUITE_END()
