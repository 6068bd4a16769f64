// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/client_core.hpp"

#include "troupe/client/client_actor.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/logger.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <future>
#include <limits>
#include <random>
#include <thread>
#include <unistd.h>
#include <utility>

namespace troupe {

namespace {

using std::chrono::milliseconds;

/// How long unsent messages, such as the goodbye, keep a session open.
constexpr auto linger = milliseconds{200};

/// How long the end of a session may take in all.
constexpr auto end_limit = milliseconds{1000};

const char* const gone_hint = "see `troupe ps` for the clusters that run";

/// Runs few actors and mostly sleeps.
class client_system_config : public caf::actor_system_config {
public:
  client_system_config() {
    add_message_types<caf::id_block::troupe_bridge>();
    add_message_types<caf::id_block::troupe_actors>();
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{1});
  }
};

bool on_this_machine(const connection_info& info) {
  return info.control.rfind("ipc://", 0) == 0;
}

client_actor_config actor_config(const connection_info& info,
                                 const client_config& cfg) {
  std::random_device random;
  client_actor_config result;
  auto& hello = result.link.hello;
  hello.role = wire::Role::Client;
  hello.incarnation = std::uint64_t{random()} << 32 | random();
  hello.pid = static_cast<std::uint32_t>(getpid());
  char host[256] = {};
  if (gethostname(host, sizeof(host) - 1) == 0)
    hello.host = host;
  result.link.endpoint = info.control;
  result.link.connect_limit = cfg.connect_limit;
  result.cluster = info.name;
  if (!info.device.empty())
    result.device = cfg.device;
  if (on_this_machine(info))
    result.controller_alive = [info] { return alive(info); };
  return result;
}

socket_spec lane_spec(std::uint32_t tag, const std::string& endpoint,
                      std::size_t max_frame) {
  socket_spec result;
  result.security = no_security{};
  result.type = socket_type::dealer;
  result.connect = {endpoint};
  result.tag = tag;
  result.handlers_on_pump = true;
  result.max_frame = max_frame;
  result.watch = true;
  result.options.linger = linger;
  return result;
}

/// Half a second more than `limit`: the actor gets to say first why it gave up.
duration patience(milliseconds limit) {
  return limit + milliseconds{500};
}

bridge_config bridge_config_of(const connection_info& info) {
  bridge_config result;
  result.spin_time = limits::spin_time;
  if (auto copy = copy_policy::parse(info.copy_threshold))
    result.copy = *copy;
  return result;
}

} // namespace

struct client_core::impl {
  impl(const connection_info& info, const client_config& cfg)
    : info(info),
      board(std::make_shared<client_board>()),
      sys(config),
      bridge(std::make_unique<bridge_runtime>(sys, bridge_config_of(info))) {
    auto control =
      open(lane_spec(control_lane, info.control, limits::control_frame_bytes));
    auto tasks =
      open(lane_spec(task_lane, info.tasks, limits::task_frame_bytes));
    auto direct =
      open(lane_spec(direct_lane, info.direct, limits::task_frame_bytes));
    actor = sys.spawn(client_session_actor, actor_config(info, cfg),
                      std::move(control), std::move(tasks), std::move(direct),
                      board);
    // A system ends only after every thread has let go of its logger, which
    // this thread took when it made the system; another thread may end it.
    caf::logger::set_current_actor_system(nullptr);
  }

  ~impl() {
    if (actor) {
      caf::scoped_actor self{sys};
      self->monitor(actor);
      self->send(actor, atom::stop_v);
      self->receive([](const caf::down_msg&) {},
                    caf::after(end_limit) >> [] {});
      actor = nullptr;
    }
    bridge.reset();
  }

  socket_actor open(socket_spec spec) {
    auto endpoint = spec.connect.front();
    auto answer = bridge->open(std::move(spec));
    if (!answer)
      throw error{errc::no_cluster, "cannot connect to " + endpoint + ": "
                                      + describe(answer.error())};
    return answer->handle;
  }

  connection_info info;
  client_board_ptr board;
  client_system_config config;
  caf::actor_system sys;
  std::unique_ptr<bridge_runtime> bridge;
  client_actor actor;
};

std::shared_ptr<client_core> client_core::connect(const connection_info& info,
                                                  client_config cfg) {
  if (on_this_machine(info) && !alive(info))
    throw error{errc::no_cluster,
                "cluster \"" + info.name
                  + "\" does not run any more: its controller, process "
                  + std::to_string(info.pid) + ", is gone",
                gone_hint};
  std::shared_ptr<client_core> result{
    new client_core{std::make_unique<impl>(info, cfg)}};
  auto& board = *result->pimpl_->board;
  auto told = [](const status_message&, std::uint64_t news) {
    return news > 0;
  };
  auto in_time = board.wait(told, patience(cfg.connect_limit));
  if (auto end = board.end(); !end.sentence.empty())
    throw error{end.code, end.sentence, gone_hint};
  if (!in_time)
    throw error{errc::timed_out,
                "cluster \"" + info.name + "\" does not answer at "
                  + info.control,
                gone_hint};
  return result;
}

client_core::client_core(std::unique_ptr<impl> pimpl)
  : pimpl_(std::move(pimpl)) {
  // nop
}

// The last reference may go away anywhere, even in a thread that belongs to
// this session (in a buffer's release function, say), which cannot wait for
// itself. So another thread ends the session, and this one waits for a while.
client_core::~client_core() {
  auto sentence = "the session with cluster \"" + pimpl_->info.name
                  + "\" ended before the task";
  pimpl_->board->end(errc::no_cluster, sentence);
  auto done = std::make_shared<std::promise<void>>();
  auto ended = done->get_future();
  try {
    std::thread{[done, x = std::move(pimpl_)]() mutable {
      x.reset();
      done->set_value();
    }}.detach();
    ended.wait_for(end_limit);
  } catch (const std::system_error&) {
    pimpl_.reset(); // no thread to be had
  }
}

void client_core::submit(task_group_ptr group, encoded_calls calls) {
  if (pimpl_->board->submit({std::move(group), std::move(calls)}))
    pimpl_->bridge->tell(pimpl_->actor, atom::submit_v);
}

cancellation client_core::cancel(task_group_ptr group, std::size_t first,
                                 std::size_t count, cancel_mode mode) {
  group->check_cancel(first);
  cancel_wish wish{std::move(group), first, count, mode, {}};
  cancellation result{wish.answer.get_future().share()};
  pimpl_->board->wish(std::move(wish));
  caf::anon_send(pimpl_->actor, atom::submit_v);
  return result;
}

std::vector<wait_report> client_core::why(const task_id& task, duration limit) {
  if (!pimpl_->info.device.empty() && !is_direct(task.number))
    throw error{errc::usage,
                "nobody knows why tasks wait in cluster \"" + pimpl_->info.name
                  + "\": a device (scheme pure) keeps no books",
                "start the cluster with --scheme leastload, or another one"};
  why_wish wish{task, {}};
  auto answer = wish.answer.get_future();
  pimpl_->board->wish(std::move(wish));
  caf::anon_send(pimpl_->actor, atom::submit_v);
  if (answer.wait_for(std::min<duration>(limit, std::chrono::hours{1}))
      != std::future_status::ready)
    throw error{errc::timed_out,
                "cluster \"" + pimpl_->info.name + "\" did not tell in time"};
  return answer.get();
}

status_message client_core::last_status() const {
  return pimpl_->board->last_status();
}

status_message client_core::status(duration limit) {
  auto& board = *pimpl_->board;
  auto before = board.news();
  caf::anon_send(pimpl_->actor, atom::status_v);
  auto told = [before](const status_message&, std::uint64_t news) {
    return news > before;
  };
  auto in_time = board.wait(told, limit);
  throw_if_ended();
  if (!in_time)
    throw error{errc::timed_out, "cluster \"" + pimpl_->info.name
                                   + "\" did not tell its status in time"};
  return board.last_status();
}

void client_core::wait_for_engines(std::size_t count, duration limit) {
  auto ready = [](const status_message& x) {
    return static_cast<std::size_t>(
      std::count_if(x.engines.begin(), x.engines.end(),
                    [](auto& engine) { return engine.ready; }));
  };
  auto enough = [&](const status_message& x, std::uint64_t) {
    return ready(x) >= count;
  };
  auto in_time = pimpl_->board->wait(enough, limit);
  throw_if_ended();
  if (!in_time)
    throw error{errc::timed_out,
                std::to_string(ready(last_status())) + " of "
                  + std::to_string(count) + " engines of cluster \""
                  + pimpl_->info.name + "\" are ready",
                "see `troupe status`, or wait longer"};
}

void client_core::shutdown_cluster() {
  throw_if_ended();
  caf::anon_send(pimpl_->actor, atom::close_v);
}

socket_counters client_core::counters() const {
  caf::scoped_actor self{pimpl_->sys};
  socket_counters result;
  self->request(pimpl_->bridge->actor(), end_limit, atom::counters_v)
    .receive([&](const socket_counters& x) { result = x; },
             [](const caf::error&) {});
  return result;
}

const connection_info& client_core::info() const noexcept {
  return pimpl_->info;
}

void client_core::throw_if_ended() const {
  if (auto end = pimpl_->board->end(); !end.sentence.empty())
    throw error{end.code, end.sentence, gone_hint};
}

} // namespace troupe
