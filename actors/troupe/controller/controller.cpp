// SPDX-License-Identifier: BSL-1.0
#include "troupe/controller/controller.hpp"

#include "troupe/controller/broadcast_tree.hpp"
#include "troupe/error.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <spdlog/spdlog.h>

#include <mutex>
#include <utility>

namespace troupe {

namespace {

using std::chrono::milliseconds;

/// How long each actor may take to end.
constexpr auto end_limit = milliseconds{2000};

/// Threads of the actor system: two of its actors run at a time.
constexpr auto max_threads = std::size_t{2};

caf::actor_system_config& init(caf::actor_system_config& cfg) {
  cfg.add_message_types<caf::id_block::troupe_bridge>();
  cfg.add_message_types<caf::id_block::troupe_actors>();
  // Sleeps when there is nothing to do, where the default policy polls.
  cfg.set("scheduler.policy", caf::atom("sharing"));
  cfg.set("scheduler.max-threads", max_threads);
  return cfg;
}

socket_spec control_socket(const std::string& endpoint) {
  socket_spec spec;
  spec.security = no_security{};
  spec.type = socket_type::router;
  spec.bind = {endpoint};
  spec.max_frame = limits::control_frame_bytes;
  spec.max_frames = 2; // the routing id and the envelope
  spec.watch = true;
  return spec;
}

/// Calls a function once when the cluster is asked to stop, also if that was
/// before the function was known.
class stop_signal {
public:
  void fire() {
    std::unique_lock guard{mutex_};
    fired_ = true;
    if (auto f = std::exchange(f_, nullptr)) {
      guard.unlock();
      f();
    }
  }

  void on_fire(std::function<void()> f) {
    std::unique_lock guard{mutex_};
    if (!fired_) {
      f_ = std::move(f);
    } else if (f) {
      guard.unlock();
      f();
    }
  }

private:
  std::mutex mutex_;
  std::function<void()> f_;
  bool fired_ = false;
};

/// Fires when a client wishes, or when one of the parts ends: without it tasks
/// would wait for ever.
caf::behavior stop_listener(caf::event_based_actor* self,
                            std::shared_ptr<stop_signal> signal) {
  self->set_down_handler([signal](const caf::down_msg& x) {
    if (auto logger = spdlog::get("troupe"))
      logger->error("a part of the controller ended: {}", describe(x.reason));
    signal->fire();
  });
  return {
    [signal](atom::stop) { signal->fire(); },
    [self](atom::attach, const caf::actor& part) { self->monitor(part); },
  };
}

} // namespace

socket_spec tasks_socket(const std::string& endpoint) {
  socket_spec spec;
  spec.security = no_security{};
  spec.type = socket_type::router;
  spec.bind = {endpoint};
  spec.max_frame = limits::task_frame_bytes;
  spec.max_frames = limits::batch_frames + 2;
  spec.handlers_on_pump = true;
  return spec;
}

struct controller::impl {
  impl() : sys(init(cfg)), self(sys, true) {
    // nop
  }

  ~impl() {
    // Each step is bounded: an actor that hangs must not keep the process.
    auto orderly = end_by_exit(listener);
    orderly = end(hub, [this] { caf::anon_send(hub, atom::stop_v); })
              && orderly;
    orderly = end_by_exit(scheduler) && orderly;
    orderly = end_by_exit(direct_scheduler) && orderly;
    for (auto& leaf : leaves())
      orderly = end_by_exit(leaf) && orderly;
    tree.reset();
    hub = nullptr;
    scheduler = nullptr;
    direct_scheduler = nullptr;
    listener = nullptr;
    bridge.reset();
    sys.await_actors_before_shutdown(orderly);
  }

  template <class Handle>
  bool end_by_exit(const Handle& actor) {
    return end(actor, [&] {
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    });
  }

  /// Runs `tell` and waits until `actor` is gone.
  template <class Handle, class Function>
  bool end(const Handle& actor, Function tell) {
    auto gone = !actor;
    if (gone)
      return true;
    self->monitor(actor);
    tell();
    self->receive([&](const caf::down_msg&) { gone = true; },
                  caf::after(end_limit) >> [] {});
    return gone;
  }

  template <class Handle>
  void watch(const Handle& part) {
    caf::anon_send(listener, atom::attach_v, caf::actor_cast<caf::actor>(part));
  }

  /// Spawns the hub and makes it and the schedulers known to each other.
  void spawn_hub(const hub_config& cfg, const socket_actor& socket) {
    hub = sys.spawn(troupe::hub, cfg, socket,
                    caf::actor_cast<membership_listener_actor>(scheduler),
                    direct_scheduler, leaves(), listener);
    auto losses = caf::actor_cast<loss_listener_actor>(hub);
    auto tell = [&losses](const auto& x) {
      caf::anon_send(caf::actor_cast<caf::actor>(x), atom::attach_v, losses);
    };
    tell(scheduler);
    tell(direct_scheduler);
    for (auto& leaf : leaves())
      tell(leaf);
    watch(hub);
    watch(scheduler);
    watch(direct_scheduler);
    if (tree != nullptr)
      for (auto& part : tree->parts())
        watch(part);
  }

  /// Spawns the direct scheduler: alone, or as a tree.
  caf::error spawn_direct(const controller_config& x,
                          const socket_actor& socket) {
    if (x.leaf_endpoints.empty()) {
      direct_scheduler = caf::actor_cast<membership_listener_actor>(sys.spawn(
        troupe::direct_scheduler, x.direct, socket, report_function{}));
      return {};
    }
    auto started = broadcast_tree::start(sys, x.direct, x.leaf_endpoints,
                                         x.bridge, *bridge, socket);
    if (!started)
      return std::move(started.error());
    tree = std::move(*started);
    direct_scheduler = caf::actor_cast<membership_listener_actor>(tree->root());
    return {};
  }

  /// None without a tree.
  std::vector<membership_listener_actor> leaves() const {
    return tree ? tree->leaves() : std::vector<membership_listener_actor>{};
  }

  caf::error start(controller_config& x) {
    bridge = std::make_unique<bridge_runtime>(sys, x.bridge);
    listener = sys.spawn(stop_listener, stop);
    auto control_lane = bridge->open(control_socket(x.control_endpoint));
    if (!control_lane)
      return control_lane.error();
    if (auto err = x.device_endpoint.empty() ? start_scheduler(x)
                                             : start_device(x))
      return err;
    auto direct_lane = bridge->open(tasks_socket(x.direct_endpoint));
    if (!direct_lane)
      return direct_lane.error();
    control = control_lane->endpoints.front();
    direct = direct_lane->endpoints.front();
    if (auto err = spawn_direct(x, direct_lane->handle))
      return err;
    spawn_hub(x.hub, control_lane->handle);
    for (auto lane : {&*control_lane, &*direct_lane})
      watch(lane->handle);
    return {};
  }

  caf::error start_scheduler(const controller_config& x) {
    auto lane = bridge->open(tasks_socket(x.tasks_endpoint));
    if (!lane)
      return lane.error();
    tasks = lane->endpoints.front();
    scheduler = sys.spawn(task_scheduler, x.scheduler, lane->handle);
    watch(lane->handle);
    return {};
  }

  caf::error start_device(const controller_config& x) {
    device_spec spec;
    spec.front = x.tasks_endpoint;
    spec.back = x.device_endpoint;
    spec.max_frame = limits::task_frame_bytes;
    spec.max_frames = limits::batch_frames + 2;
    spec.hwm = limits::client_tasks;
    spec.on_failure = [signal = stop](const std::string& why) {
      if (auto logger = spdlog::get("troupe"))
        logger->error(why);
      signal->fire();
    };
    auto started = troupe::device::start(std::move(spec));
    if (!started)
      return std::move(started.error());
    tasks = (*started)->front();
    device = (*started)->back();
    scheduler = sys.spawn(task_device, std::shared_ptr{std::move(*started)});
    return {};
  }

  caf::actor_system_config cfg;
  caf::actor_system sys;
  caf::scoped_actor self;
  std::unique_ptr<bridge_runtime> bridge;
  std::unique_ptr<broadcast_tree> tree;
  std::shared_ptr<stop_signal> stop = std::make_shared<stop_signal>();
  caf::actor listener;
  task_scheduler_actor scheduler;
  membership_listener_actor direct_scheduler;
  hub_actor hub;
  std::string control;
  std::string tasks;
  std::string direct;
  std::string device;
};

caf::expected<std::unique_ptr<controller>>
controller::start(controller_config cfg) {
  auto pimpl = std::make_unique<impl>();
  if (auto err = pimpl->start(cfg))
    return err;
  return std::unique_ptr<controller>{new controller{std::move(pimpl)}};
}

controller::controller(std::unique_ptr<impl> pimpl) : pimpl_(std::move(pimpl)) {
  // nop
}

controller::~controller() {
  // nop
}

const std::string& controller::control_endpoint() const noexcept {
  return pimpl_->control;
}

const std::string& controller::tasks_endpoint() const noexcept {
  return pimpl_->tasks;
}

const std::string& controller::direct_endpoint() const noexcept {
  return pimpl_->direct;
}

const std::string& controller::device_endpoint() const noexcept {
  return pimpl_->device;
}

const std::vector<std::string>& controller::leaf_endpoints() const noexcept {
  static const std::vector<std::string> none;
  return pimpl_->tree ? pimpl_->tree->endpoints() : none;
}

caf::expected<cluster_status> controller::status(milliseconds limit) {
  caf::expected<cluster_status> result{cluster_status{}};
  pimpl_->self->request(pimpl_->hub, limit, atom::status_v)
    .receive([&](cluster_status& x) { result = std::move(x); },
             [&](caf::error& err) { result = std::move(err); });
  return result;
}

void controller::on_stop(std::function<void()> f) {
  pimpl_->stop->on_fire(std::move(f));
}

} // namespace troupe
