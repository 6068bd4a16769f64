// SPDX-License-Identifier: BSL-1.0
#include "simulation/scheduler.hpp"

#include <utility>

namespace troupe::simulation {

namespace {

class rules_scheduler final : public scheduler {
public:
  explicit rules_scheduler(const task_scheduler_config& cfg) : core_(cfg) {
    // nop
  }

  bool acts_at_once() const override {
    return false;
  }

  void advance(instant now) override {
    core_.advance(scheduler_core::time_point{std::chrono::nanoseconds{now}});
  }

  void admit(const engine_joined& x) override {
    core_.admit(x);
  }

  void admit(client_id id, std::uint64_t token) override {
    core_.admit(id, token);
  }

  void lose(engine_id id) override {
    core_.lose(id);
  }

  void lose(client_id id) override {
    core_.lose(id);
  }

  void receive(multipart message) override {
    core_.receive(std::move(message));
  }

  void take_back(ec reason, multipart message) override {
    core_.take_back(reason, std::move(message));
  }

  cancel_counts cancel(client_id id, const cancel_request& what) override {
    return core_.cancel(id, what);
  }

  void tick() override {
    core_.tick();
  }

  scheduler_actions flush() override {
    return core_.flush();
  }

  bool needs_tick() const override {
    return core_.needs_tick();
  }

  std::optional<instant> next_due() const override {
    auto due = core_.next_due();
    if (!due)
      return std::nullopt;
    return static_cast<instant>(due->time_since_epoch().count());
  }

  std::string validate() const override {
    return core_.validate();
  }

private:
  scheduler_core core_;
};

} // namespace

scheduler::~scheduler() {
  // nop
}

std::unique_ptr<scheduler> make_rules(const task_scheduler_config& cfg) {
  return std::make_unique<rules_scheduler>(cfg);
}

} // namespace troupe::simulation
