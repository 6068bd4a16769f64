// SPDX-License-Identifier: BSL-1.0
#include "troupe/bridge.hpp"

#include "troupe/socket/socket_actor.hpp"
#include "troupe/socket/socket_pumps.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace troupe {

namespace {

struct bridge_state {
  static inline const char* name = "troupe.bridge";
};

/// What `auto` is measured with: the transport of the first endpoint.
endpoint::transport transport_of(const socket_spec& spec) {
  for (auto texts : {&spec.bind, &spec.connect})
    for (auto& text : *texts)
      if (auto where = endpoint::parse(text))
        return where->via;
  return endpoint::transport::tcp;
}

bridge_actor::behavior_type
bridge(bridge_actor::stateful_pointer<bridge_state> self,
       std::shared_ptr<socket_pumps> pumps, copy_policy policy,
       calibration_file file) {
  return {
    [=](atom::open, socket_spec& spec) -> caf::result<open_socket> {
      if (auto err = check(spec))
        return err;
      auto pump = pumps->choose(spec);
      if (!pump)
        return std::move(pump.error());
      if (!spec.copy)
        spec.copy = policy;
      if (spec.copy->is_automatic())
        spec.copy = automatic_policy(transport_of(spec), file);
      caf::actor_config cfg{pump->get()};
      // Hidden: the end of the actor system waits for the bridge's runtime, not
      // for sockets whose owners forgot them.
      auto socket = self->system().spawn_class<socket_actor_impl, caf::hidden>(
        cfg, *pump, std::move(spec));
      return self->delegate(socket, atom::open_v);
    },
    [=](atom::counters) { return pumps->counters(); },
  };
}

/// Where a thread waits for a socket, until it has no more patience.
class waiting_room {
public:
  using answer = caf::expected<open_socket>;

  /// Closes a socket that nobody waits for any more.
  void enter(answer x) {
    std::unique_lock guard{mutex_};
    if (left_) {
      if (x)
        caf::anon_send(x->handle, atom::close_v);
      return;
    }
    answer_ = std::move(x);
    changed_.notify_one();
  }

  answer wait(std::chrono::milliseconds limit) {
    std::unique_lock guard{mutex_};
    changed_.wait_for(guard, limit, [this] { return answer_.has_value(); });
    left_ = true;
    if (answer_)
      return std::move(*answer_);
    return make_error(ec::timed_out, "the bridge does not answer");
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<answer> answer_;
  bool left_ = false;
};

struct opener_state {
  static inline const char* name = "troupe.opener";
};

/// Opens one socket, and ends.
void opener(caf::stateful_actor<opener_state>* self, bridge_actor bridge,
            socket_spec spec, std::shared_ptr<waiting_room> room) {
  self->request(bridge, caf::infinite, atom::open_v, std::move(spec))
    .then([room](open_socket& x) { room->enter(std::move(x)); },
          [room](caf::error& err) { room->enter(std::move(err)); });
}

} // namespace

bridge_runtime::bridge_runtime(caf::actor_system& sys, bridge_config cfg)
  : pumps_(std::make_shared<socket_pumps>(sys, cfg)),
    sys_(sys),
    actor_(sys.spawn<caf::hidden>(bridge, pumps_, cfg.copy,
                                  calibration_file{cfg.calibration_path})) {
  // A system that ends before us takes its schedulers away from the sockets.
  // Its own server actor ends first, so that we learn of it in time.
  auto server = caf::actor_cast<caf::abstract_actor*>(sys.spawn_serv());
  auto pumps = std::weak_ptr{pumps_};
  auto actor = caf::actor_cast<caf::actor_addr>(actor_);
  server->attach_functor([pumps, actor] {
    auto running = pumps.lock();
    if (running == nullptr)
      return;
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    running->stop();
  });
}

bridge_runtime::~bridge_runtime() {
  if (!pumps_->stopping())
    caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown);
  pumps_->stop();
}

caf::expected<open_socket>
bridge_runtime::open(socket_spec spec, std::chrono::milliseconds limit) {
  auto room = std::make_shared<waiting_room>();
  sys_.spawn<caf::hidden>(opener, actor_, std::move(spec), room);
  return room->wait(limit);
}

caf::execution_unit& bridge_runtime::entrance() const noexcept {
  return pumps_->entrance();
}

std::uint64_t bridge_runtime::wakeups() const noexcept {
  return pumps_->wakeups();
}

} // namespace troupe
