// SPDX-License-Identifier: BSL-1.0
#include "lazy_pirate.hpp"
#include "support/deterministic_fixture.hpp"
#include <troupe/text_frames.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <memory>
#include <vector>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

/// What a socket was asked, and when it replies.
struct script {
  std::vector<std::string> asked;
  unsigned overhears = 0;
  caf::error fails{};
};

/// Stands in for the socket: replies with `yes` when the script says so.
caf::behavior socket(caf::event_based_actor* self,
                     std::shared_ptr<script> plot) {
  return {
    [self, plot](atom::request, multipart& x) -> caf::result<multipart> {
      plot->asked.emplace_back(text_at(x, 0));
      if (plot->fails)
        return plot->fails;
      if (plot->asked.size() > plot->overhears)
        return multipart{text_frames({"yes"})};
      return self->make_response_promise<multipart>(); // never delivered
    },
  };
}

struct fixture : test::deterministic_fixture {
  fixture() {
    service = sys.spawn(socket, plot);
    pirate = sys.spawn(lazy_pirate, caf::actor_cast<socket_actor>(service),
                       lazy_pirate_config{.attempts = 3, .patience = 500ms});
    run();
  }

  ~fixture() {
    caf::anon_send_exit(service, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(pirate, caf::exit_reason::user_shutdown);
    run();
  }

  /// Asks, and lets `wait` pass.
  void ask(caf::timespan wait) {
    client->send(pirate, std::string{"ahoy"});
    run();
    advance(wait);
  }

  std::shared_ptr<script> plot = std::make_shared<script>();
  test::probe client{sys};
  caf::actor service;
  lazy_pirate_actor pirate;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(lazy_pirate_suite, fixture)

BOOST_AUTO_TEST_CASE(asks_once_when_the_reply_comes_in_time) {
  ask(0ms);
  BOOST_TEST(client.received(std::string{"yes"}));
  BOOST_TEST(plot->asked.size() == 1u);
  advance(10s);
  BOOST_TEST(plot->asked.size() == 1u);
}

BOOST_AUTO_TEST_CASE(asks_the_same_again_when_no_reply_comes) {
  plot->overhears = 2;
  ask(999ms);
  BOOST_TEST(plot->asked.size() == 2u);
  BOOST_TEST(client.received_nothing());
  advance(1ms);
  BOOST_TEST(client.received(std::string{"yes"}));
  BOOST_REQUIRE(plot->asked.size() == 3u);
  BOOST_TEST(plot->asked[2] == "ahoy");
}

BOOST_AUTO_TEST_CASE(does_not_repeat_what_fails_for_good) {
  plot->fails = make_error(ec::key_refused, "nobody knows that key");
  ask(0ms);
  BOOST_CHECK(std::get<0>(client.take<caf::error>()) == ec::key_refused);
  BOOST_TEST(plot->asked.size() == 1u);
}

BOOST_AUTO_TEST_CASE(gives_up_after_the_last_attempt) {
  plot->overhears = 100;
  ask(10s);
  BOOST_TEST(plot->asked.size() == 3u);
  auto why = std::get<0>(client.take<caf::error>());
  BOOST_CHECK(why == ec::timed_out);
}

BOOST_AUTO_TEST_SUITE_END()
