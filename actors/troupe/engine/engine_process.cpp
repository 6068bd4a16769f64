// SPDX-License-Identifier: BSL-1.0
#include "troupe/engine/engine_process.hpp"

#include "troupe/engine/engine.hpp"
#include "troupe/engine/process_group.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <link.h>
#include <malloc.h>
#include <memory>
#include <random>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

namespace troupe {

namespace {

using std::chrono::milliseconds;

// Exit statuses, the same as the command line's.
constexpr auto exit_no_controller = 3;
constexpr auto exit_version_mismatch = 7;

// There are many engines, and what they wait for comes from elsewhere.
constexpr auto engine_spin_time = std::chrono::microseconds{30};

// How long messages have to leave before a process ends with its task.
constexpr auto kill_delay = milliseconds{50};

// How long the running task and all destructors may take once the engine ended.
constexpr auto end_limit = milliseconds{800};

caf::actor_system_config& init(caf::actor_system_config& cfg) {
  cfg.add_message_types<caf::id_block::troupe_bridge>();
  cfg.add_message_types<caf::id_block::troupe_actors>();
  // Sleeps when there is nothing to do, where the default policy polls.
  cfg.set("scheduler.policy", caf::atom("sharing"));
  cfg.set("scheduler.max-threads", std::size_t{1});
  return cfg;
}

int exit_status(engine_end how) {
  switch (how) {
    case engine_end::goodbye:
      return 0;
    case engine_end::killed:
      return restart_status;
    case engine_end::version_mismatch:
      return exit_version_mismatch;
    default:
      return exit_no_controller;
  }
}

int complain(int status, const std::string& reason) {
  std::fprintf(stderr, "troupe engine: %s\n", reason.c_str());
  return status;
}

engine_config make_config(const connection_info& info, std::string name,
                          resources means) {
  engine_config cfg;
  std::random_device random;
  cfg.name = std::move(name);
  cfg.means = std::move(means);
  cfg.incarnation = std::uint64_t{random()} << 32 | random();
  cfg.pid = static_cast<std::uint32_t>(getpid());
  char host[256] = {};
  if (gethostname(host, sizeof(host) - 1) == 0)
    cfg.host = host;
  cfg.endpoint = info.control;
  return cfg;
}

socket_spec control_socket(const connection_info& info) {
  socket_spec spec;
  spec.security = no_security{};
  spec.connect = {info.control};
  spec.tag = control_lane;
  spec.handlers_on_pump = true;
  spec.max_frame = limits::control_frame_bytes;
  spec.max_frames = 1;
  spec.watch = true;
  spec.options.linger = milliseconds{200};
  return spec;
}

/// A socket that carries tasks and results.
socket_spec task_socket(const std::string& endpoint, std::uint32_t lane) {
  socket_spec spec;
  spec.security = no_security{};
  spec.connect = {endpoint};
  spec.tag = lane;
  spec.handlers_on_pump = true;
  spec.max_frame = limits::task_frame_bytes;
  spec.max_frames = limits::batch_frames + 1;
  spec.watch = true;
  spec.options.linger = milliseconds{200};
  return spec;
}

/// Gives back the pages of code and constants that only the start needed: most
/// of what loading and linking the libraries touched. What is still of use
/// comes back from the page cache when it is used.
void forget_start_pages() {
  dl_iterate_phdr(
    [](dl_phdr_info* object, std::size_t, void*) {
      auto page = static_cast<std::uintptr_t>(getpagesize());
      for (auto i = 0; i < object->dlpi_phnum; ++i) {
        auto& segment = object->dlpi_phdr[i];
        if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0)
          continue;
        auto first = (object->dlpi_addr + segment.p_vaddr) & ~(page - 1);
        auto last = object->dlpi_addr + segment.p_vaddr + segment.p_memsz;
        // Fails for what is no file, such as the kernel's own object.
        madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
      }
      return 0;
    },
    nullptr);
}

/// Runs tasks until the engine ends.
/// @returns the exit status.
int run_tasks(const connection_info& info, engine_config cfg,
              caf::actor_system& sys, exit_guard& guard) {
  auto copy = copy_policy::parse(info.copy_threshold);
  bridge_runtime bridge{
    sys, {.copy = copy ? *copy : copy_policy{}, .spin_time = engine_spin_time}};
  auto control = bridge.open(control_socket(info));
  if (!control)
    return complain(exit_no_controller, describe(control.error()));
  socket_actor tasks;
  if (!info.device.empty()) {
    auto socket = task_socket(info.device, task_lane);
    ++socket.max_frames; // the first one says who asked
    cfg.device = {bridge.actor(), std::move(socket)};
  } else if (auto opened = bridge.open(task_socket(info.tasks, task_lane))) {
    tasks = opened->handle;
  } else {
    return complain(exit_no_controller, describe(opened.error()));
  }
  socket_actor direct;
  if (info.leaves.empty()) {
    auto lane = bridge.open(task_socket(info.direct, direct_lane));
    if (!lane)
      return complain(exit_no_controller, describe(lane.error()));
    direct = lane->handle;
  }
  cfg.leaves = info.leaves;
  cfg.bridge = bridge.actor();
  cfg.leaf_socket = task_socket({}, direct_lane);
  engine_actor handle;
  auto runner = std::make_shared<task_runner>(function_registry::global(), [&] {
    bridge.tell(handle, atom::finished_v);
  });
  std::atomic<int> status{exit_no_controller};
  handle = sys.spawn(engine, std::move(cfg), control->handle, tasks, direct,
                     runner, [&](engine_end how, const std::string& reason) {
                       status = exit_status(how);
                       auto killed = how == engine_end::killed;
                       if (status != 0 && !killed)
                         complain(status, reason);
                       guard.arm(status, killed ? kill_delay : end_limit);
                       runner->stop();
                     });
  forget_start_pages();
  runner->run();
  kill_rest_of_group();
  return status;
}

} // namespace

int run_engine(const connection_info& info, std::string name, resources means) {
  // With a nanny, it ends with the others and not by Ctrl-C.
  handle_end_signals(std::getenv("TROUPE_ENGINE_INDEX") == nullptr);
  mallopt(M_ARENA_MAX, 2); // a heap per thread would double an idle engine
  if (info.version != limits::protocol_version)
    return complain(exit_version_mismatch,
                    "this program speaks protocol version "
                      + std::to_string(limits::protocol_version)
                      + ", the controller version "
                      + std::to_string(info.version)
                      + ": use the same release of troupe on both sides");
  exit_guard guard;
  caf::actor_system_config cfg;
  caf::actor_system sys{init(cfg)};
  return run_tasks(info, make_config(info, std::move(name), std::move(means)),
                   sys, guard);
}

} // namespace troupe
