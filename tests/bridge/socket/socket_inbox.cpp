// SPDX-License-Identifier: BSL-1.0

#include "bridge/loopback.hpp"
#include <troupe/socket/socket_actor.hpp>

#include <caf/mailbox_element.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/send.hpp>

#include <functional>
#include <future>
#include <optional>
#include <utility>

using namespace troupe;
using namespace troupe::test;

namespace {

/// A message that does something when a socket begins to take it.
class late_mail final : public caf::mailbox_element {
public:
  late_mail(multipart content, std::function<void()> before)
    : inner_(caf::make_mailbox_element(nullptr, caf::make_message_id(), {},
                                       std::move(content))),
      before_(std::move(before)) {
    // nop
  }

  caf::type_erased_tuple& content() override {
    if (auto f = std::exchange(before_, nullptr))
      f();
    return inner_->content();
  }

  const caf::type_erased_tuple& content() const override {
    return std::as_const(*inner_).content();
  }

  caf::message move_content_to_message() override {
    return inner_->move_content_to_message();
  }

  caf::message copy_content_to_message() const override {
    return inner_->copy_content_to_message();
  }

private:
  caf::mailbox_element_ptr inner_;
  std::function<void()> before_;
};

/// Stops the pump between two messages of a socket's mailbox, for at most
/// `patience`.
class stopped_pump {
public:
  explicit stopped_pump(const socket_actor& socket) {
    // Not for this type of socket, so that it goes in the handler.
    auto frame = buffer::borrow("", 1, [this] {
      stopped_.set_value();
      go_.get_future().wait_for(patience);
    });
    auto question = multipart{};
    question.frames.push_back(std::move(frame));
    caf::anon_send(socket, atom::request_v, std::move(question));
    BOOST_REQUIRE(
      (stopped_.get_future().wait_for(patience) == std::future_status::ready));
  }

  void go() {
    go_.set_value();
  }

private:
  std::promise<void> stopped_;
  std::promise<void> go_;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(socket_inbox_suite, bridge_fixture)

BOOST_AUTO_TEST_CASE(nothing_overtakes_what_was_sent_before) {
  socket_spec spec;
  spec.type = socket_type::pull;
  spec.bind = {"inproc://*"};
  auto pull = open(spec);
  owner receiver{sys};
  receiver.attach(pull.handle);
  spec.type = socket_type::push;
  spec.bind.clear();
  spec.connect = pull.endpoints;
  auto push = open(spec);
  owner sender{sys};
  sender.attach(push.handle);
  sender.watch(push.handle);
  auto socket = caf::actor_cast<caf::strong_actor_ptr>(push.handle);
  auto impl = static_cast<caf::scheduled_actor*>(
    caf::actor_cast<caf::abstract_actor*>(socket));
  BOOST_REQUIRE(wait_until([&] { return impl->mailbox().blocked(); }));
  std::optional<stopped_pump> pump;
  auto mail = new late_mail{message({"first"}),
                            [&] { pump.emplace(push.handle); }};
  socket->enqueue(caf::mailbox_element_ptr{mail}, nullptr);
  caf::anon_send(push.handle, atom::close_v);
  BOOST_REQUIRE(pump.has_value());
  pump->go();
  BOOST_TEST(texts(receiver.take()).front() == "first");
  sender.take_down();
}

BOOST_AUTO_TEST_SUITE_END()
