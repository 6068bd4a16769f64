// SPDX-License-Identifier: BSL-1.0
#include "troupe/controller/controller.hpp"

#include "support/message_types.hpp"
#include "support/temp_dir.hpp"
#include "support/wait_until.hpp"
#include "troupe/error.hpp"
#include "troupe/protocol/read.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>

using namespace std::chrono_literals;
using namespace troupe;

namespace {

caf::actor_system_config& init(caf::actor_system_config& cfg) {
  test::add_message_types(cfg);
  cfg.set("scheduler.policy", caf::atom("sharing"));
  return cfg;
}

/// Talks to the control lane of a controller.
class peer {
public:
  explicit peer(const std::string& endpoint) {
    socket_spec spec;
    spec.connect = {endpoint};
    spec.security = no_security{};
    auto opened = bridge_.open(std::move(spec));
    BOOST_REQUIRE(opened);
    socket_ = opened->handle;
    caf::anon_send(socket_, atom::attach_v,
                   caf::actor_cast<socket_owner_actor>(self_));
  }

  void send(buffer message) {
    send_raw(multipart{{std::move(message)}});
  }

  void send_raw(multipart message) {
    caf::anon_send(socket_, outgoing{{std::move(message)}});
  }

  /// Waits for the next message.
  message_view receive() {
    auto view = message_view::make(receive_raw());
    BOOST_REQUIRE(view);
    return std::move(*view);
  }

  multipart receive_raw() {
    while (pending_.empty())
      self_->receive(
        [&](delivery& x) {
          for (auto& message : x.messages)
            pending_.push_back(std::move(message));
        },
        [](const returned&) {}, [](const socket_event&) {},
        caf::after(test::patience) >>
          [] { BOOST_FAIL("no message from the controller"); });
    auto result = std::move(pending_.front());
    pending_.erase(pending_.begin());
    return result;
  }

private:
  caf::actor_system_config cfg_;
  caf::actor_system sys_{init(cfg_)};
  bridge_runtime bridge_{sys_};
  caf::scoped_actor self_{sys_};
  socket_actor socket_;
  std::vector<multipart> pending_;
};

buffer hello(wire::Role role) {
  hello_message x;
  x.role = role;
  x.incarnation = 4711;
  x.functions = {{function_id_of("f"), 1, "f", "() -> void"}};
  return pack_hello(x);
}

struct fixture {
  controller_config config() const {
    controller_config cfg;
    cfg.control_endpoint = dir.ipc("control");
    cfg.tasks_endpoint = dir.ipc("tasks");
    cfg.direct_endpoint = dir.ipc("direct");
    return cfg;
  }

  static std::unique_ptr<controller> start(controller_config cfg) {
    auto result = controller::start(std::move(cfg));
    BOOST_REQUIRE(result);
    return std::move(*result);
  }

  static caf::error start_error(controller_config cfg) {
    auto result = controller::start(std::move(cfg));
    BOOST_REQUIRE(!result);
    return std::move(result.error());
  }

  test::temp_dir dir;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(controller_suite, fixture)

BOOST_AUTO_TEST_CASE(tells_where_it_listens) {
  auto uut = start(config());
  BOOST_TEST(uut->control_endpoint() == dir.ipc("control"));
  BOOST_TEST(uut->tasks_endpoint() == dir.ipc("tasks"));
  BOOST_TEST(uut->direct_endpoint() == dir.ipc("direct"));
  auto cfg = config();
  cfg.control_endpoint = cfg.tasks_endpoint = cfg.direct_endpoint =
    "tcp://127.0.0.1:*";
  auto other = start(cfg);
  BOOST_TEST(other->control_endpoint() != other->tasks_endpoint());
  BOOST_TEST(other->control_endpoint().find('*') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_an_endpoint) {
  auto cfg = config();
  cfg.tasks_endpoint = "carrier-pigeon://x";
  BOOST_CHECK(start_error(cfg) == ec::bad_endpoint);
  cfg.control_endpoint = "tcp://127.0.0.1:*";
  cfg.tasks_endpoint = config().tasks_endpoint;
  auto first = start(cfg);
  cfg.control_endpoint = first->control_endpoint();
  cfg.tasks_endpoint = dir.ipc("other");
  cfg.direct_endpoint = dir.ipc("another");
  auto err = start_error(cfg);
  BOOST_CHECK(err == ec::address_in_use);
  BOOST_TEST(describe(err).find(first->control_endpoint())
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(listens_for_each_leaf) {
  auto cfg = config();
  cfg.leaf_endpoints = {dir.ipc("leaf-0"), "tcp://127.0.0.1:*"};
  auto uut = start(cfg);
  auto leaves = uut->leaf_endpoints();
  BOOST_REQUIRE(leaves.size() == 2u);
  BOOST_TEST(leaves[0] == dir.ipc("leaf-0"));
  BOOST_TEST(leaves[1].find('*') == std::string::npos);
  uut.reset();
  auto other = config();
  other.leaf_endpoints.assign(33, "tcp://127.0.0.1:*");
  BOOST_CHECK(start_error(other) == ec::bad_config);
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_a_leaf) {
  auto cfg = config();
  cfg.leaf_endpoints = {dir.ipc("leaf-0"), "carrier-pigeon://x"};
  BOOST_CHECK(start_error(cfg) == ec::bad_endpoint);
}

BOOST_AUTO_TEST_CASE(a_leaf_admits_its_engines_only) {
  auto cfg = config();
  cfg.leaf_endpoints = {dir.ipc("leaf-0"), dir.ipc("leaf-1")};
  auto uut = start(cfg);
  peer engine{uut->control_endpoint()};
  engine.send(hello(wire::Role::Engine));
  auto answer = engine.receive();
  BOOST_REQUIRE(answer.kind() == wire::Body::Welcome);
  auto welcome = read_welcome(*answer.get<wire::Welcome>());
  BOOST_TEST(welcome.id == 0u);
  peer wrong{uut->leaf_endpoints()[1]};
  wrong.send(pack_join(welcome.token));
  auto refusal = wrong.receive();
  BOOST_REQUIRE(refusal.kind() == wire::Body::Refusal);
  BOOST_CHECK(refusal.get<wire::Refusal>()->code()
              == wire::RefusalCode::UnknownPeer);
  // Nothing answers a join: what does not belong there is refused otherwise.
  peer right{uut->leaf_endpoints()[0]};
  right.send(pack_join(welcome.token));
  right.send(pack_ready());
  BOOST_CHECK(right.receive().get<wire::Refusal>()->code()
              == wire::RefusalCode::Malformed);
}

BOOST_AUTO_TEST_CASE(admits_an_engine_and_notices_its_end) {
  auto uut = start(config());
  BOOST_TEST(uut->status(10s)->engines.empty());
  {
    peer engine{uut->control_endpoint()};
    engine.send(hello(wire::Role::Engine));
    BOOST_CHECK(engine.receive().kind() == wire::Body::Welcome);
    engine.send(pack_ready());
    BOOST_TEST(test::wait_until([&] {
      auto engines = uut->status(10s)->engines;
      return engines.size() == 1 && engines[0].ready;
    }));
  }
  BOOST_TEST(
    test::wait_until([&] { return uut->status(10s)->engines.empty(); }));
  BOOST_TEST(uut->status(10s)->lost == 1);
}

BOOST_AUTO_TEST_CASE(passes_on_the_wish_to_stop_once) {
  auto uut = start(config());
  std::atomic<int> calls = 0;
  uut->on_stop([&] { ++calls; });
  peer client{uut->control_endpoint()};
  client.send(hello(wire::Role::Client));
  BOOST_CHECK(client.receive().kind() == wire::Body::Welcome);
  client.send(pack_shutdown("enough"));
  client.send(pack_shutdown("enough"));
  BOOST_TEST(test::wait_until([&] { return calls == 1; }));
  auto late = 0; // the wish is not forgotten
  uut->on_stop([&] { ++late; });
  BOOST_TEST(late == 1);
  uut.reset();
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(says_goodbye_when_it_ends) {
  auto uut = start(config());
  peer client{uut->control_endpoint()};
  client.send(hello(wire::Role::Client));
  BOOST_CHECK(client.receive().kind() == wire::Body::Welcome);
  auto begin = std::chrono::steady_clock::now();
  uut.reset();
  BOOST_CHECK(std::chrono::steady_clock::now() - begin < 5s);
  BOOST_CHECK(client.receive().kind() == wire::Body::Goodbye);
}

BOOST_AUTO_TEST_CASE(runs_a_device_in_the_place_of_the_scheduler) {
  auto cfg = config();
  cfg.device_endpoint = dir.ipc("device");
  auto uut = start(cfg);
  BOOST_TEST(uut->device_endpoint() == dir.ipc("device"));
  BOOST_TEST(uut->tasks_endpoint() == dir.ipc("tasks"));
  peer client{uut->control_endpoint()};
  client.send(hello(wire::Role::Client));
  BOOST_CHECK(client.receive().kind() == wire::Body::Welcome);
  client.send(pack_status_query(false));
  auto status = client.receive();
  BOOST_REQUIRE(status.kind() == wire::Body::Status);
  BOOST_TEST(status.get<wire::Status>()->scheme()->str() == "pure");
  peer asker{uut->tasks_endpoint()};
  peer answerer{uut->device_endpoint()};
  asker.send(pack_ping(1));
  auto question = answerer.receive_raw();
  BOOST_REQUIRE(question.frames.size() == 2u);
  answerer.send_raw(std::move(question));
  BOOST_CHECK(asker.receive().kind() == wire::Body::Ping);
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_the_endpoint_of_a_device) {
  auto cfg = config();
  cfg.device_endpoint = "tcp://0.0.0.0:*";
  auto err = start_error(cfg);
  BOOST_CHECK(err == ec::bad_config);
  BOOST_TEST(describe(err).find("loopback") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
