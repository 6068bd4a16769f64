// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/io_threads.hpp"

#include <zmq.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <thread>

namespace troupe {

namespace {

using namespace std::chrono_literals;

/// Nice value on top of the process's own. At 10, a thread gets about a tenth
/// of a processor that others want, and all of one that nobody wants.
constexpr auto bulk_nice = 10;

/// New threads give themselves their names; that takes them a moment, and
/// longer while others keep all processors busy.
constexpr auto naming_time = 1s;

/// Tells the threads of this context from those of others. Names of threads
/// have at most 15 bytes.
int next_prefix() {
  static std::atomic<unsigned> counter{0};
  return static_cast<int>(++counter % 1000);
}

/// @returns whether the thread is there by now.
bool give_way(const std::string& name) {
  auto found = threads_named(name);
  for (auto id : found)
    setpriority(PRIO_PROCESS, static_cast<id_t>(id),
                getpriority(PRIO_PROCESS, 0) + bulk_nice);
  return !found.empty();
}

} // namespace

std::vector<int> threads_named(const std::string& suffix) {
  std::vector<int> result;
  std::error_code ignored;
  for (auto& task :
       std::filesystem::directory_iterator{"/proc/self/task", ignored}) {
    std::ifstream in{task.path() / "comm"};
    std::string name;
    std::getline(in, name);
    auto id = 0;
    auto text = task.path().filename().string();
    std::from_chars(text.data(), text.data() + text.size(), id);
    if (id != 0 && name.ends_with(suffix))
      result.push_back(id);
  }
  return result;
}

void start_io_threads(void* context, int count) {
  if (count < 2)
    return;
  auto prefix = next_prefix();
  zmq_ctx_set(context, ZMQ_THREAD_NAME_PREFIX, prefix);
  auto first = zmq_socket(context, ZMQ_PAIR); // starts them
  if (first != nullptr)
    zmq_close(first);
  auto end = std::chrono::steady_clock::now() + naming_time;
  for (auto number = 1; number < count; ++number) {
    auto name = std::to_string(prefix) + "/ZMQbg/IO/" + std::to_string(number);
    while (!give_way(name) && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
  }
}

} // namespace troupe
