// SPDX-License-Identifier: BSL-1.0

#pragma once

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/deep_to_string.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/timespan.hpp>

#include <boost/test/unit_test.hpp>

#include <tuple>

namespace troupe::test {

/// Plays a peer of the actor under test.
class probe : public caf::scoped_actor {
public:
  explicit probe(caf::actor_system& sys) : scoped_actor(sys, true) {
    // nop
  }

  /// Returns a handle through which the actor under test reaches this probe.
  template <class Handle>
  Handle as() const {
    return caf::actor_cast<Handle>(*this);
  }

  /// Takes the oldest message out of the mailbox and compares it to `xs`.
  template <class... Ts>
  boost::test_tools::predicate_result received(const Ts&... xs) {
    boost::test_tools::predicate_result result{false};
    if (received_nothing()) {
      result.message() << "the mailbox is empty";
      return result;
    }
    auto element = ptr()->dequeue();
    auto& content = element->content();
    result = content.match_elements<Ts...>()
             && content.get_as_tuple<Ts...>() == std::tie(xs...);
    result.message() << "got " << to_string(content);
    return result;
  }

  /// Returns whether the mailbox is empty.
  boost::test_tools::predicate_result received_nothing() {
    boost::test_tools::predicate_result result{!ptr()->has_next_message()};
    result.message() << "the mailbox has a message";
    return result;
  }

  /// Takes the oldest message out of the mailbox and returns it if it consists
  /// of the types `Ts`. Fails the test otherwise. For messages whose content a
  /// test inspects piece by piece.
  template <class... Ts>
  std::tuple<Ts...> take() {
    BOOST_REQUIRE_MESSAGE(ptr()->has_next_message(), "the mailbox is empty");
    auto element = ptr()->dequeue();
    auto& content = element->content();
    BOOST_REQUIRE_MESSAGE(content.match_elements<Ts...>(),
                          "got " << to_string(content));
    return content.get_as_tuple<Ts...>();
  }
};

/// Hosts actors that run only when a test asks for it.
class deterministic_fixture {
public:
  deterministic_fixture();

  /// Fails the test if it leaves an actor behind.
  ~deterministic_fixture();

  /// Runs actors until all mailboxes are empty. Time stands still.
  void run();

  /// Moves time forward by `dt` and stops at each timeout to run actors.
  void advance(caf::timespan dt);

private:
  caf::actor_system_config cfg_;

public:
  caf::actor_system sys;

private:
  caf::scheduler::test_coordinator& scheduler_;
};

} // namespace troupe::test
