// SPDX-License-Identifier: BSL-1.0
#include "majordomo.hpp"
#include "majordomo_worker.hpp"
#include "support/deterministic_fixture.hpp"
#include <troupe/request_envelope.hpp>
#include <troupe/text_frames.hpp>

#include <caf/send.hpp>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

const auto ann = routing_id{std::string{"\0aaaa", 5}};
const auto bob = routing_id{std::string{"\0bbbb", 5}};
const auto client = routing_id{std::string{"\0cccc", 5}};

multipart message(const routing_id& peer,
                  std::initializer_list<std::string_view> texts) {
  return {peer, text_frames(texts)};
}

struct fixture : test::deterministic_fixture {
  fixture() {
    service = sys.spawn(majordomo, clients.as<socket_actor>(),
                        workers.as<socket_actor>(),
                        majordomo_config{.interval = 100ms});
    run();
    clients.take<atom::attach, socket_owner_actor>();
    workers.take<atom::attach, socket_owner_actor>();
  }

  ~fixture() {
    caf::anon_send_exit(service, caf::exit_reason::user_shutdown);
    run();
  }

  void deliver(std::uint32_t tag, multipart x) {
    clients->send(service, delivery{tag, {std::move(x)}, nullptr});
    run();
  }

  void ask(std::string_view service) {
    deliver(majordomo_clients, message(client, {"id", "", service, "work"}));
  }

  void alive(const routing_id& worker, std::string_view service) {
    deliver(majordomo_workers, message(worker, {"alive", service}));
  }

  /// Takes the only job that was sent to a worker.
  multipart take_job() {
    auto jobs = std::get<0>(workers.take<outgoing>()).messages;
    BOOST_REQUIRE(jobs.size() == 1u);
    return jobs.front();
  }

  /// Lets the worker of `job` finish it.
  void finish(const multipart& job) {
    auto done = message(job.peer, {"done"});
    done.frames.push_back(job.frames.front());
    done.frames.push_back(buffer::copy_of("result"));
    deliver(majordomo_workers, std::move(done));
  }

  /// Takes the answer to the client.
  multipart take_answer() {
    return std::get<0>(clients.take<multipart>());
  }

  test::probe clients{sys};
  test::probe workers{sys};
  majordomo_actor service;
};

} // namespace

// -- the broker without actors ------------------------------------------------

BOOST_AUTO_TEST_SUITE(broker_suite)

BOOST_AUTO_TEST_CASE(gives_the_oldest_request_to_who_is_idle_longest) {
  broker x;
  x.alive(ann, "a");
  x.alive(bob, "a");
  x.alive(ann, "a");
  for (auto text : {"1", "2", "3"})
    BOOST_TEST(x.ask("a", message(client, {text})));
  auto given = x.assign();
  BOOST_REQUIRE(given.size() == 2u);
  BOOST_CHECK(given[0].worker == ann);
  BOOST_TEST(text_at(given[0].request, 0) == "1");
  BOOST_CHECK(given[1].worker == bob);
  BOOST_TEST(x.assign().empty());
  BOOST_CHECK(x.finish(bob, given[1].job));
  BOOST_TEST(text_at(x.assign().at(0).request, 0) == "3");
}

BOOST_AUTO_TEST_CASE(ignores_the_late_answer_of_a_lost_worker) {
  broker x;
  x.alive(ann, "a");
  x.ask("a", message(client, {"1"}));
  auto late = x.assign().at(0);
  BOOST_CHECK(!x.lose(ann));
  x.alive(bob, "a");
  auto again = x.assign().at(0);
  BOOST_TEST(text_at(again.request, 0) == "1");
  x.alive(ann, "a"); // it was only slow
  x.ask("a", message(client, {"2"}));
  auto next = x.assign().at(0);
  BOOST_CHECK(next.worker == ann);
  BOOST_CHECK(!x.finish(ann, late.job));
  BOOST_CHECK(x.finish(bob, again.job));
  BOOST_CHECK(x.finish(ann, next.job));
}

BOOST_AUTO_TEST_CASE(refuses_a_request_that_kills_its_workers) {
  broker x;
  x.cfg.attempts = 2;
  x.ask("a", message(client, {"poison"}));
  x.alive(ann, "a");
  BOOST_TEST(x.assign().size() == 1u);
  BOOST_CHECK(!x.lose(ann));
  x.alive(bob, "a");
  BOOST_TEST(x.assign().size() == 1u);
  auto refused = x.lose(bob);
  BOOST_REQUIRE(refused);
  BOOST_TEST(text_at(*refused, 0) == "poison");
  x.alive(ann, "a");
  BOOST_TEST(x.assign().empty());
}

BOOST_AUTO_TEST_CASE(bounds_what_waits) {
  broker x;
  x.cfg.max_waiting = 1;
  x.cfg.max_services = 2;
  BOOST_TEST(x.ask("a", {}));
  BOOST_TEST(!x.ask("a", {}));
  BOOST_TEST(x.ask("b", {}));
  BOOST_TEST(!x.ask("c", {}));
  x.alive(ann, "c"); // workers are no strangers
  BOOST_TEST(x.ask("c", {}));
  BOOST_TEST(!x.ask(std::string(1000, 'x'), {}));
}

BOOST_AUTO_TEST_CASE(forgets_services_that_nobody_offers) {
  broker x;
  x.cfg.max_services = 2;
  x.cfg.vacancy = 2;
  x.cfg.patience = 1;
  BOOST_TEST(x.ask("made up", message(client, {"1"})));
  x.alive(ann, "a");
  x.tick();
  x.tick();
  BOOST_TEST(x.forget().empty());
  BOOST_TEST(!x.ask("b", {}));
  for (auto& worker : x.tick())
    x.lose(worker);
  auto refused = x.forget();
  BOOST_REQUIRE(refused.size() == 1u);
  BOOST_TEST(text_at(refused[0], 0) == "1");
  BOOST_TEST(x.ask("b", message(client, {"2"})));
  BOOST_TEST(x.ask("a", message(client, {"3"}))); // it may come back
  for (auto i = 0; i < 3; ++i)
    x.tick();
  BOOST_TEST(x.forget().size() == 2u);
  BOOST_TEST(x.forget().empty());
}

BOOST_AUTO_TEST_SUITE_END()

// -- the actors ---------------------------------------------------------------

BOOST_AUTO_TEST_SUITE(majordomo_suite)

BOOST_FIXTURE_TEST_CASE(a_worker_piles_up_no_signs_of_life,
                        test::deterministic_fixture) {
  test::probe socket{sys};
  auto worker = sys.spawn(majordomo_worker, socket.as<socket_actor>(),
                          majordomo_worker_config{.service = "a", .work = {}});
  run();
  socket.take<atom::attach, socket_owner_actor>();
  socket.take<multipart>();
  auto tell = [&](socket_event::kind what) {
    socket->send(worker, socket_event{.what = what});
    run();
    advance(std::chrono::milliseconds{100});
  };
  tell(socket_event::kind::full);
  BOOST_TEST(socket.received_nothing());
  tell(socket_event::kind::drained);
  BOOST_TEST(text_at(std::get<0>(socket.take<multipart>()), 0) == "alive");
  caf::anon_send_exit(worker, caf::exit_reason::user_shutdown);
  run();
}

BOOST_FIXTURE_TEST_CASE(passes_a_request_to_a_worker_and_its_answer_back,
                        fixture) {
  ask("a");
  alive(bob, "b");
  BOOST_TEST(workers.received_nothing());
  alive(ann, "a");
  auto job = take_job();
  BOOST_CHECK(job.peer == ann);
  BOOST_TEST(text_at(job, 1) == "work");
  finish(job);
  auto answer = take_answer();
  BOOST_CHECK(answer.peer == client);
  BOOST_TEST(text_at(answer, 0) == "id");
  BOOST_TEST(payload_of(answer)[0].text() == "ok");
  BOOST_TEST(payload_of(answer)[1].text() == "result");
}

BOOST_FIXTURE_TEST_CASE(gives_the_job_of_a_silent_worker_to_another, fixture) {
  alive(ann, "a");
  ask("a");
  take_job();
  for (auto i = 0; i < 3; ++i) {
    advance(100ms);
    alive(bob, "a");
  }
  BOOST_TEST(workers.received_nothing());
  advance(100ms);
  auto job = take_job();
  BOOST_CHECK(job.peer == bob);
  finish(job);
  BOOST_TEST(payload_of(take_answer())[1].text() == "result");
}

BOOST_FIXTURE_TEST_CASE(gives_what_a_worker_never_got_to_another, fixture) {
  alive(ann, "a");
  alive(bob, "a");
  ask("a");
  auto job = take_job();
  workers->send(service, returned{majordomo_workers, ec::peer_gone, job});
  run();
  BOOST_CHECK(take_job().peer == bob);
}

BOOST_FIXTURE_TEST_CASE(refuses_what_no_worker_offers, fixture) {
  ask("made up");
  for (auto i = 0; i <= 100; ++i)
    advance(100ms);
  BOOST_TEST(payload_of(take_answer())[0].text() == "refused");
}

BOOST_FIXTURE_TEST_CASE(refuses_a_request_without_service, fixture) {
  deliver(majordomo_clients, message(client, {"id", ""}));
  BOOST_TEST(payload_of(take_answer())[0].text() == "refused");
}

BOOST_FIXTURE_TEST_CASE(a_worker_says_that_it_lives_and_works,
                        test::deterministic_fixture) {
  test::probe socket{sys};
  auto echo = [](std::span<const buffer> x) {
    return frame_list{x.begin(), x.end()};
  };
  auto worker = sys.spawn(majordomo_worker, socket.as<socket_actor>(),
                          majordomo_worker_config{"a", echo, 100ms});
  run();
  socket.take<atom::attach, socket_owner_actor>();
  for (auto i = 0; i < 2; ++i) {
    auto x = std::get<0>(socket.take<multipart>());
    BOOST_TEST(text_at(x, 0) == "alive");
    BOOST_TEST(text_at(x, 1) == "a");
    BOOST_TEST(socket.received_nothing());
    advance(100ms);
  }
  socket.take<multipart>();
  socket->send(worker, delivery{0, {message({}, {"7", "x", "y"})}, nullptr});
  run();
  auto answer = std::get<0>(socket.take<outgoing>()).messages.at(0);
  BOOST_REQUIRE(answer.frames.size() == 4u);
  BOOST_TEST(text_at(answer, 0) == "done");
  BOOST_TEST(text_at(answer, 1) == "7");
  BOOST_TEST(text_at(answer, 3) == "y");
  caf::anon_send_exit(worker, caf::exit_reason::user_shutdown);
  run();
}

BOOST_AUTO_TEST_SUITE_END()
