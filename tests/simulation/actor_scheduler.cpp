// SPDX-License-Identifier: BSL-1.0
#include "simulation/scheduler.hpp"
#include "support/message_types.hpp"
#include "troupe/scheduling/task_scheduler.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>

#include <stdexcept>
#include <type_traits>
#include <utility>

namespace troupe::simulation {

namespace {

using scheduler_impl = std::remove_pointer_t<
  task_scheduler_actor::stateful_pointer<task_scheduler_state>>;

caf::actor_system_config& prepared(caf::actor_system_config& cfg) {
  test::add_message_types(cfg);
  cfg.set("scheduler.policy", caf::atom("testing"));
  return cfg;
}

class actor_scheduler final : public scheduler {
public:
  explicit actor_scheduler(const task_scheduler_config& cfg)
    : sys_(prepared(cfg_)),
      scheduling_(
        dynamic_cast<caf::scheduler::test_coordinator&>(sys_.scheduler())),
      begin_(scheduling_.clock().now()),
      socket_(sys_, true),
      hub_(sys_, true),
      actor_(sys_.spawn(task_scheduler, cfg,
                        caf::actor_cast<socket_actor>(socket_))) {
    tell(atom::attach_v, caf::actor_cast<loss_listener_actor>(hub_));
    socket_->dequeue(); // its `attach`
  }

  ~actor_scheduler() override {
    hub_->send_exit(actor_, caf::exit_reason::kill);
    actor_ = nullptr;
    scheduling_.run();
    scheduling_.clock().cancel_all(); // pending time-outs keep actors alive
    scheduling_.run();
  }

  bool acts_at_once() const override {
    return true;
  }

  void advance(instant now) override {
    scheduling_.clock().current_time = begin_ + std::chrono::nanoseconds{now};
  }

  void admit(const engine_joined& x) override {
    tell(atom::admit_v, x);
  }

  void admit(client_id id, std::uint64_t token) override {
    tell(atom::admit_v, id, token);
  }

  void lose(engine_id id) override {
    tell(atom::lost_v, id);
  }

  void lose(client_id id) override {
    tell(atom::lost_v, id);
  }

  void receive(multipart message) override {
    delivery x;
    x.messages.push_back(std::move(message));
    tell(std::move(x));
  }

  void take_back(ec reason, multipart message) override {
    tell(returned{0, reason, std::move(message)});
  }

  cancel_counts cancel(client_id id, const cancel_request& what) override {
    cancel_counts result;
    auto answer = hub_->request(actor_, caf::infinite, atom::cancel_v, id,
                                what);
    scheduling_.run();
    collect_from_hub(); // what it revoked comes before the answer
    answer.receive([&](const cancel_counts& x) { result = x; },
                   [](const caf::error& x) {
                     throw std::logic_error{caf::to_string(x)};
                   });
    return result;
  }

  void tick() override {
    auto& clock = scheduling_.clock();
    while (auto due = first_timeout()) {
      if (*due > clock.now())
        return;
      clock.trigger_timeout();
      scheduling_.run();
    }
  }

  scheduler_actions flush() override {
    while (socket_->has_next_message()) {
      auto element = socket_->dequeue();
      auto& content = element->content();
      for (auto& x : content.get_mutable_as<outgoing>(0).messages)
        actions_.messages.push_back(std::move(x));
    }
    collect_from_hub();
    return std::exchange(actions_, {});
  }

  bool needs_tick() const override {
    return false; // it plans its looks itself
  }

  std::optional<instant> next_due() const override {
    auto due = first_timeout();
    if (!due)
      return std::nullopt;
    return static_cast<instant>((*due - begin_).count());
  }

  std::string validate() const override {
    auto self = caf::actor_cast<caf::abstract_actor*>(actor_);
    return dynamic_cast<scheduler_impl&>(*self).state.core->validate();
  }

private:
  template <class... Ts>
  void tell(Ts&&... xs) {
    socket_->send(actor_, std::forward<Ts>(xs)...);
    scheduling_.run();
  }

  std::optional<caf::actor_clock::time_point> first_timeout() const {
    auto& pending = scheduling_.clock().schedule();
    if (pending.empty())
      return std::nullopt;
    return pending.begin()->first;
  }

  void collect_from_hub() {
    while (hub_->has_next_message()
           && hub_->peek_at_next_mailbox_element()->mid.is_async()) {
      auto element = hub_->dequeue();
      auto& x = element->content();
      if (x.match_elements<atom::gone, engine_id>())
        actions_.gone_engines.push_back(x.get_as<engine_id>(1));
      else if (x.match_elements<atom::gone, client_id>())
        actions_.gone_clients.push_back(x.get_as<client_id>(1));
      else if (x.match_elements<atom::revoke, engine_id, revocation>())
        actions_.revoked.emplace_back(x.get_as<engine_id>(1),
                                      x.get_as<revocation>(2));
      else
        throw std::logic_error{"the hub is told what it does not know"};
    }
  }

  caf::actor_system_config cfg_;
  caf::actor_system sys_;
  caf::scheduler::test_coordinator& scheduling_;
  caf::actor_clock::time_point begin_;
  caf::scoped_actor socket_;
  caf::scoped_actor hub_;
  task_scheduler_actor actor_;
  scheduler_actions actions_;
};

} // namespace

std::unique_ptr<scheduler> make_actor(const task_scheduler_config& cfg) {
  return std::make_unique<actor_scheduler>(cfg);
}

} // namespace troupe::simulation
