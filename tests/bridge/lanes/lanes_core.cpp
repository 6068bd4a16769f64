// SPDX-License-Identifier: BSL-1.0

#include <troupe/lanes/connecting_lanes.hpp>
#include <troupe/lanes/listening_lanes.hpp>

#include <boost/test/unit_test.hpp>

#include <deque>
#include <random>
#include <string>

using namespace std::chrono_literals;
using namespace troupe;

namespace {

/// What an owner heard, in short.
struct owner_log {
  void add(std::variant<peer_event, lanes_delivery, lanes_returned>& news) {
    if (auto x = std::get_if<peer_event>(&news)) {
      add(to_string(x->what), x->peer);
      reason = x->reason;
      text = x->text;
      count = x->count;
      if (x->what == peer_event::kind::joined)
        peer = x->peer;
    } else if (auto x = std::get_if<lanes_delivery>(&news)) {
      for (auto& message : x->messages)
        add(std::string{to_string(x->via)} + ":"
              + std::string{message.frames[0].text().substr(0, 8)},
            x->peer);
    } else if (auto x = std::get_if<lanes_returned>(&news)) {
      add("back:" + std::string{x->message.frames[0].text().substr(0, 8)},
          x->peer);
      reason = x->reason;
    }
  }

  void add(const std::string& what, peer_id from) {
    all += (all.empty() ? "" : " ") + what + "/"
           + std::to_string(static_cast<int>(from));
  }

  std::string take() {
    return std::exchange(all, {});
  }

  std::string all;
  peer_id peer{};
  ec reason{};
  std::string text;
  std::uint32_t count = 0;
};

/// Two sides and the wires between their sockets, which move one message at a
/// time. Each attempt of the connecting side has connections of its own.
struct fixture {
  routing_id connection(lane via) const {
    return routing_id{{'\0', '\0', '\0', static_cast<char>(here.attempt()),
                       static_cast<char>(via)}};
  }

  /// Puts what both sides have to say on the wires and in the logs.
  void flush() {
    auto mine = here.take();
    if (mine.open)
      to_there = to_here = {};
    for (auto via : all_lanes)
      for (auto& x : mine.messages[via]) {
        x.peer = connection(via);
        to_there[via].push_back(std::move(x));
      }
    if (mine.close)
      connected = false;
    else if (mine.open)
      connected = true;
    for (auto& x : mine.news)
      log_here.add(x);
    auto theirs = there.take();
    for (auto via : all_lanes)
      for (auto& x : theirs.messages[via])
        if (connected && !broken[via] && x.peer == connection(via)) {
          x.peer = {};
          to_here[via].push_back(std::move(x));
        } else {
          returned back{0, why_broken, std::move(x)};
          backs.push_back({via, std::move(back)});
        }
    for (auto& x : theirs.news)
      log_there.add(x);
    while (!backs.empty()) {
      auto back = std::move(backs.front());
      backs.pop_front();
      there.give_back(back.first, back.second, now);
      flush();
    }
  }

  /// Moves the next message of a wire. @returns `false` if there is none.
  bool move(per_lane<std::deque<multipart>>& wires, lanes_core& to, lane via) {
    if (wires[via].empty())
      return false;
    delivery batch;
    batch.messages.push_back(std::move(wires[via].front()));
    wires[via].pop_front();
    to.receive(via, batch, now);
    flush();
    return true;
  }

  /// Moves all messages until nothing is under way.
  void run() {
    flush();
    for (auto moved = true; moved;) {
      moved = false;
      for (auto via : all_lanes) {
        while (move(to_there, there, via))
          moved = true;
        while (move(to_here, here, via))
          moved = true;
      }
    }
  }

  void advance(std::chrono::milliseconds by) {
    now += by;
    here.tick(now);
    there.tick(now);
    run();
  }

  void join() {
    advance(0ms);
    log_here.take();
    log_there.take();
  }

  void send(lanes_core& from, peer_id peer, std::string text,
            std::optional<lane> via = {}, std::uint64_t conversation = 0) {
    lanes_outgoing x{peer, via, conversation, {}};
    x.messages.emplace_back(frame_list{buffer::copy_of(text)});
    from.send(x);
  }

  /// Breaks one connection; both monitors notice.
  void break_lane(lane via) {
    broken[via] = true;
    socket_event event;
    event.what = socket_event::kind::disconnected;
    here.note(via, event, now);
    there.note(via, event, now);
    run();
  }

  lanes_core::time_point now{};
  connecting_lanes here{{100, 8, 1000}, {5s, 100ms, 400ms}};
  listening_lanes there{{100, 8, 1000}, {5s, 4, 4}};
  bool connected = false;
  per_lane<bool> broken{};
  ec why_broken = ec::peer_gone;
  per_lane<std::deque<multipart>> to_there;
  per_lane<std::deque<multipart>> to_here;
  std::deque<std::pair<lane, returned>> backs;
  owner_log log_here;
  owner_log log_there;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(lanes_core_suite, fixture)

BOOST_AUTO_TEST_CASE(makes_one_peer_of_three_connections) {
  advance(0ms);
  BOOST_TEST(log_here.take() == "joined/1");
  BOOST_TEST(log_there.take() == "joined/1");
  BOOST_TEST(there.counters().peers == 1);
}

BOOST_AUTO_TEST_CASE(chooses_the_lane_by_size) {
  join();
  send(here, peer_id{1}, "small");
  send(here, peer_id{1}, "large" + std::string(100, '.'));
  send(here, peer_id{1}, "urgent", lane::control);
  run();
  BOOST_TEST(log_there.take()
             == "control:urgent/1 task:small/1 bulk:large.../1");
  send(there, peer_id{1}, "small");
  run();
  BOOST_TEST(log_here.take() == "task:small/1");
}

BOOST_AUTO_TEST_CASE(tells_of_a_peer_before_its_messages) {
  here.tick(now);
  flush();
  for (auto via : all_lanes)
    move(to_there, there, via);
  send(there, peer_id{1}, "first");
  flush();
  move(to_here, here, lane::task); // its welcome comes first
  move(to_here, here, lane::task);
  BOOST_TEST(log_here.take() == "joined/1 task:first/1");
  run();
  BOOST_TEST(log_here.take() == "");
}

BOOST_AUTO_TEST_CASE(keeps_the_order_of_a_conversation_over_all_lanes) {
  join();
  send(here, peer_id{1}, "a", {}, 7);
  send(here, peer_id{1}, "B" + std::string(100, '.'), {}, 7);
  send(here, peer_id{1}, "c", {}, 7);
  send(here, peer_id{1}, "d", lane::control, 7);
  send(here, peer_id{1}, "x", lane::control);
  run();
  BOOST_TEST(log_there.take()
             == "control:x/1 task:a/1 bulk:B......./1 bulk:c/1 control:d/1");
}

BOOST_AUTO_TEST_CASE(gives_back_what_finds_no_room_to_wait) {
  join();
  send(here, peer_id{1}, "a", lane::task, 7);
  for (auto i = 0; i < 9; ++i)
    send(here, peer_id{1}, std::to_string(i), lane::bulk, 7);
  flush();
  BOOST_TEST(log_here.take() == "back:8/1");
  BOOST_TEST((log_here.reason == ec::peer_full));
  run();
  BOOST_TEST(log_there.take()
             == "task:a/1 bulk:0/1 bulk:1/1 bulk:2/1 bulk:3/1 bulk:4/1 "
                "bulk:5/1 bulk:6/1 bulk:7/1");
}

BOOST_AUTO_TEST_CASE(loses_a_peer_once_and_takes_it_back_as_a_new_one) {
  join();
  break_lane(lane::task);
  BOOST_TEST(log_here.take() == "left/1");
  BOOST_TEST(log_here.text == "the task lane broke");
  advance(50ms); // asks who is still there
  BOOST_TEST(log_there.take() == "left/1");
  BOOST_TEST((log_there.reason == ec::peer_gone));
  send(there, peer_id{1}, "late");
  send(here, peer_id{1}, "late");
  run();
  BOOST_TEST(log_there.take() == "back:late/1");
  BOOST_TEST(log_here.take() == "back:late/1");
  broken = {};
  advance(100ms);
  BOOST_TEST(log_here.take() == "joined/2");
  BOOST_TEST(log_there.take() == "joined/2");
  send(here, peer_id{2}, "hi");
  run();
  BOOST_TEST(log_there.take() == "task:hi/2");
}

BOOST_AUTO_TEST_CASE(asks_seldom_however_many_strangers_come_and_go) {
  join();
  now += 10s;
  socket_event event;
  event.what = socket_event::kind::disconnected;
  auto probes = std::size_t{0};
  for (auto i = 0; i < 200; ++i) {
    there.note(lane::task, event, now);
    now += 1ms;
    there.tick(now);
    auto output = there.take();
    for (auto& x : output.messages[lane::task]) {
      ++probes;
      returned back{0, ec::peer_full, std::move(x)};
      there.give_back(lane::task, back, now);
    }
  }
  BOOST_TEST(probes >= 3);
  BOOST_TEST(probes <= 8);
}

BOOST_AUTO_TEST_CASE(gives_back_what_waited_for_a_peer_that_left) {
  join();
  send(here, peer_id{1}, "a", lane::task, 7);
  send(here, peer_id{1}, "b", lane::bulk, 7);
  flush();
  break_lane(lane::bulk);
  BOOST_TEST(log_here.take() == "back:b/1 left/1");
}

BOOST_AUTO_TEST_CASE(a_peer_whose_key_was_removed_leaves) {
  join();
  broken = {{true, true, true}};
  why_broken = ec::key_removed;
  socket_event event;
  event.what = socket_event::kind::refused;
  event.reason = ec::key_removed;
  event.text = "the key of alice was removed";
  there.note(lane::task, event, now);
  there.tick(now); // asks at once who that is
  flush();
  BOOST_TEST(log_there.take() == "refused/0 left/1");
  BOOST_TEST((log_there.reason == ec::key_removed));
}

BOOST_AUTO_TEST_CASE(gives_back_what_waits_when_a_key_was_removed) {
  join();
  broken = {{true, true, true}};
  why_broken = ec::key_removed;
  send(there, peer_id{1}, "a", lane::task, 7);
  send(there, peer_id{1}, "b", lane::bulk, 7);
  flush();
  BOOST_TEST(log_there.take() == "back:a/1 back:b/1 left/1");
  BOOST_TEST(there.counters().peers == 0);
}

BOOST_AUTO_TEST_CASE(tells_what_a_socket_refused_and_goes_on) {
  join();
  log_here.take();
  log_there.take();
  auto event = socket_event{
    0,           socket_event::kind::refused, ec::too_large, 3, "too large",
    routing_id{}};
  here.note(lane::bulk, event, now);
  there.note(lane::bulk, event, now);
  run();
  for (auto log : {&log_here, &log_there}) {
    BOOST_TEST(log->take() == "refused/0");
    BOOST_TEST((log->reason == ec::too_large));
    BOOST_TEST(log->text == "the bulk lane: too large");
  }
  event.value = 0; // a connection, not messages
  here.note(lane::bulk, event, now);
  run();
  BOOST_TEST(log_here.take() == "left/1");
}

BOOST_AUTO_TEST_CASE(gives_up_on_links_whose_lanes_do_not_come) {
  here.tick(now);
  flush();
  to_there[lane::bulk].clear();
  run();
  BOOST_TEST(log_there.take() == "");
  now += 5s;
  there.tick(now);
  flush();
  BOOST_TEST(log_there.take() == "refused/0");
  BOOST_TEST((log_there.reason == ec::timed_out));
  run(); // and the other side learns of it
  BOOST_TEST(log_here.take() == "refused/0");
  advance(100ms);
  BOOST_TEST(log_here.take() == "joined/2");
}

BOOST_AUTO_TEST_CASE(gives_up_on_a_side_that_does_not_answer) {
  here.tick(now);
  flush();
  to_there = {};
  now += 5s;
  here.tick(now);
  flush();
  BOOST_TEST(log_here.take() == "refused/0");
  BOOST_TEST((log_here.reason == ec::timed_out));
  BOOST_TEST(!connected);
}

BOOST_AUTO_TEST_CASE(says_goodbye) {
  join();
  here.close();
  run();
  BOOST_TEST(log_there.take() == "left/1");
  BOOST_TEST((log_there.reason == ec::closed));
}

BOOST_AUTO_TEST_CASE(loses_nothing_that_a_goodbye_overtakes) {
  join();
  for (auto side : {0, 1}) {
    auto& from = side == 0 ? static_cast<lanes_core&>(here) : there;
    auto& to = side == 0 ? static_cast<lanes_core&>(there) : here;
    auto& wires = side == 0 ? to_there : to_here;
    auto& log = side == 0 ? log_there : log_here;
    auto peer = log_here.peer;
    send(from, peer, "last", lane::bulk);
    from.close();
    flush();
    for (auto via : {lane::control, lane::task, lane::bulk, lane::bulk})
      move(wires, to, via);
    auto number = std::to_string(static_cast<int>(peer));
    BOOST_TEST(log.take() == "bulk:last/" + number + " left/" + number);
    here.drop(peer, now);
    run();
    advance(100ms);
    log_here.take();
    log_there.take();
  }
}

// As over inproc, where a lane may end unheard.
BOOST_AUTO_TEST_CASE(waits_for_no_goodbye_that_never_comes) {
  join();
  there.close();
  flush();
  to_here[lane::bulk].clear();
  run();
  BOOST_TEST(log_here.take() == "");
  now += 6s;
  here.tick(now);
  flush();
  BOOST_TEST(log_here.take() == "left/1");
  BOOST_TEST((log_here.reason == ec::closed));
}

BOOST_AUTO_TEST_CASE(waits_for_no_goodbye_of_a_connecting_side) {
  join();
  here.close();
  flush();
  to_there[lane::bulk].clear();
  run();
  BOOST_TEST(log_there.take() == "");
  now += 6s;
  there.tick(now);
  flush();
  BOOST_TEST(log_there.take() == "left/1");
  BOOST_TEST((log_there.reason == ec::closed));
}

BOOST_AUTO_TEST_CASE(hears_goodbye) {
  join();
  there.close();
  run();
  BOOST_TEST(log_here.take() == "left/1");
  BOOST_TEST((log_here.reason == ec::closed));
}

BOOST_AUTO_TEST_CASE(drops_a_peer_at_will) {
  join();
  there.drop(peer_id{1}, now);
  run();
  BOOST_TEST(log_there.take() == "left/1");
  BOOST_TEST(log_here.take() == "left/1");
  BOOST_TEST((log_here.reason == ec::closed));
  advance(100ms);
  BOOST_TEST(log_there.take() == "joined/2");
  log_here.take();
  here.drop(peer_id{2}, now);
  run();
  BOOST_TEST(log_here.take() == "left/2");
  BOOST_TEST(log_there.take() == "left/2");
}

BOOST_AUTO_TEST_CASE(turns_away_mixed_up_endpoints) {
  here.tick(now);
  flush();
  std::swap(to_there[lane::task], to_there[lane::bulk]);
  move(to_there, there, lane::task);
  BOOST_TEST(log_there.take() == "refused/0");
  BOOST_TEST(log_there.text
             == "the endpoints are mixed up: this is the task lane");
}

BOOST_AUTO_TEST_CASE(turns_away_other_versions) {
  lane_header hello;
  hello.word = lane_word::hello;
  hello.version = 99;
  delivery batch;
  batch.messages.emplace_back(connection(lane::control),
                              frame_list{pack(hello)});
  there.receive(lane::control, batch, now);
  flush();
  BOOST_TEST(log_there.take() == "refused/0");
  BOOST_TEST((log_there.reason == ec::version_mismatch));
}

BOOST_AUTO_TEST_CASE(drops_messages_of_strangers) {
  for (auto frames : {frame_list{pack({}), buffer::copy_of("hi")},
                      frame_list{buffer::copy_of("no header")}}) {
    delivery batch;
    batch.messages.emplace_back(connection(lane::task), frames);
    there.receive(lane::task, batch, now);
  }
  flush();
  BOOST_TEST(log_there.take() == "refused/0 refused/0");
  BOOST_TEST(log_there.text
             == "a message on the task lane has no header: only lanes may "
                "connect here");
  BOOST_TEST(there.counters().dropped == 2);
}

BOOST_AUTO_TEST_CASE(says_little_about_strangers_and_to_them) {
  lane_header hello;
  hello.word = lane_word::hello;
  hello.link = {1, 2};
  auto goodbye = hello;
  goodbye.word = lane_word::goodbye;
  auto other_version = hello;
  other_version.version = 99;
  auto fence = hello;
  fence.word = lane_word::fence;
  using script = std::vector<frame_list>;
  for (auto& said :
       {script{{pack({}), buffer::copy_of("hi")}}, script{{pack(fence)}},
        script{{pack(other_version)}}, script{{pack(hello)}, {pack(hello)}}}) {
    now += 10s;
    there.tick(now);
    flush();
    log_there.take();
    auto news = std::size_t{0};
    auto answers = std::size_t{0};
    auto take = [&] {
      auto output = there.take();
      news += output.news.size();
      for (auto& x : output.messages.values)
        answers += x.size();
      for (auto& x : output.news)
        log_there.add(x);
    };
    for (auto i = 0; i < 500; ++i) {
      delivery batch;
      for (auto& frames : said)
        batch.messages.emplace_back(connection(lane::control), frames);
      there.receive(lane::control, batch, now);
      take();
    }
    BOOST_TEST(news == 1);
    BOOST_TEST(answers == 1);
    BOOST_TEST(log_there.count == 1);
    BOOST_TEST((there.deadline() == now + 1s));
    there.tick(now + 1s);
    take();
    BOOST_TEST(news == 2);
    BOOST_TEST(answers == 1);
    BOOST_TEST(log_there.count == 499);
  }
}

BOOST_AUTO_TEST_CASE(reminds_a_peer_that_left_and_spares_the_owner) {
  join();
  there.drop(peer_id{1}, now);
  flush();
  to_here = {};
  log_there.take();
  for (auto i = 0; i < 10; ++i)
    send(here, peer_id{1}, "late");
  flush();
  while (!to_there[lane::task].empty()) {
    delivery batch;
    batch.messages.push_back(std::move(to_there[lane::task].front()));
    to_there[lane::task].pop_front();
    there.receive(lane::task, batch, now);
  }
  flush();
  BOOST_TEST(log_there.take() == "");
  BOOST_TEST(to_here[lane::task].size() == 1);
  run();
  BOOST_TEST(log_here.take() == "left/1");
  BOOST_TEST((log_here.reason == ec::unknown_peer));
}

BOOST_AUTO_TEST_CASE(events_that_peers_cause_hold_them_back) {
  lane_header hello;
  hello.word = lane_word::hello;
  hello.link = {1, 2};
  for (auto via : all_lanes) {
    hello.via = via;
    delivery batch;
    batch.messages.emplace_back(connection(via), frame_list{pack(hello)});
    batch.ticket = std::make_shared<int>(1);
    auto watch = std::weak_ptr{batch.ticket};
    there.receive(via, batch, now);
    batch.ticket = nullptr;
    auto news = there.take().news;
    BOOST_TEST(watch.expired() == news.empty());
    BOOST_TEST(news.empty() == (via != all_lanes.back()));
  }
}

BOOST_AUTO_TEST_CASE(ends_a_peer_that_sends_nonsense) {
  join();
  delivery batch;
  batch.messages.emplace_back(connection(lane::task),
                              frame_list{buffer::copy_of("no header")});
  there.receive(lane::task, batch, now);
  run();
  BOOST_TEST(log_there.take() == "left/1");
  BOOST_TEST((log_there.reason == ec::bad_envelope));
  BOOST_TEST(log_here.take() == "left/1"); // it is told
}

BOOST_AUTO_TEST_CASE(sends_a_fence_again_that_found_no_room) {
  join();
  send(here, peer_id{1}, "a", lane::task, 7);
  send(here, peer_id{1}, "b", lane::bulk, 7);
  flush();
  returned back{0, ec::peer_full, std::move(to_there[lane::task].back())};
  back.message.peer = {};
  to_there[lane::task].pop_back();
  here.give_back(lane::task, back, now);
  run();
  BOOST_TEST(log_there.take() == "task:a/1");
  BOOST_TEST((here.deadline() == now + 20ms));
  advance(20ms);
  BOOST_TEST(log_there.take() == "bulk:b/1");
}

BOOST_AUTO_TEST_CASE(keeps_every_order_whatever_lane_is_slow) {
  for (auto seed = 1u; seed <= 50; ++seed) {
    fixture f;
    f.join();
    std::mt19937 random{seed};
    std::string expected;
    auto sent = 0;
    for (auto step = 0; step < 300; ++step) {
      auto via = all_lanes[random() % 3];
      if (sent < 60 && random() % 3 == 0) {
        auto text = std::to_string(sent++);
        auto wanted = std::optional<lane>{};
        if (random() % 2 == 0)
          wanted = via;
        else if (random() % 2 == 0)
          text += std::string(100, '.');
        f.send(f.here, peer_id{1}, text, wanted, 7);
        f.flush();
      }
      f.move(f.to_there, f.there, via);
      f.move(f.to_here, f.here, all_lanes[random() % 3]);
    }
    f.run();
    auto log = f.log_there.take();
    auto back = f.log_here.take();
    auto last = -1;
    auto arrived = 0;
    for (auto i = log.find(':'); i != std::string::npos;
         i = log.find(':', i + 1)) {
      auto number = std::stoi(log.substr(i + 1));
      BOOST_REQUIRE(number > last);
      last = number;
      ++arrived;
    }
    auto returns = std::count(back.begin(), back.end(), ':');
    BOOST_TEST(arrived + returns == sent);
  }
}

BOOST_AUTO_TEST_SUITE_END()
