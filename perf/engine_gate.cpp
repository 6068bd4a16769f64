// SPDX-License-Identifier: BSL-1.0

#include "engine_gate.hpp"

#include "bench_tasks.hpp"

#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <sys/file.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace troupe::perf {

namespace {

using clock = std::chrono::steady_clock;

constexpr auto patience = std::chrono::seconds{30};

} // namespace

engine_gate::engine_gate(const client& session, std::size_t engines)
  : session_(session), engines_(engines) {
  auto name = std::filesystem::temp_directory_path() / "troupe-gate-XXXXXX";
  path_ = name.string();
  file_ = descriptor{mkostemp(path_.data(), O_CLOEXEC)};
  if (file_.get() < 0 || flock(file_.get(), LOCK_EX) != 0)
    throw std::runtime_error("cannot lock a file in " + path_);
  std::vector<std::string> paths(engines, path_);
  tasks_.emplace(session_.balanced().map<pass_gate>(paths));
  await_queue(0); // or tasks of other clients might overtake
}

engine_gate::~engine_gate() {
  file_ = descriptor{};
  unlink(path_.c_str());
}

void engine_gate::await_queue(std::size_t count) const {
  for (auto limit = clock::now() + patience; clock::now() < limit;) {
    auto status = session_.status();
    if (status.accepted - status.reported >= count + engines_)
      return;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  throw std::runtime_error("the controller does not queue what was submitted");
}

void engine_gate::open() {
  file_ = descriptor{};
  tasks_->get(patience);
}

} // namespace troupe::perf
