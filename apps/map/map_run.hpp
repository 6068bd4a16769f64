// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cli/stop_event.hpp"
#include "map/input_reader.hpp"
#include "map/map_job.hpp"
#include "troupe/client/progress_bar.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>

namespace troupe::apps {

/// Where the items of a map go. Used by one thread.
class item_sink {
public:
  virtual ~item_sink();

  /// Takes the next item, in the order of the inputs. Returns `false` if
  /// nobody wants more.
  virtual bool put(const item& x) = 0;

  /// Called while there is nothing to put, at least ten times a second.
  virtual void idle(const progress& x) = 0;
};

/// What became of a map.
struct map_summary {
  std::size_t inputs = 0;
  std::size_t failed = 0;

  /// Failed because engines were lost, which `failed` includes.
  std::size_t lost = 0;

  /// The sink wanted no more.
  bool cut = false;

  /// Stopped by `stop_event`.
  bool stopped = false;

  duration elapsed{};
};

/// Bounds of a map. Memory does not grow with the number of inputs.
struct map_limits {
  /// Inputs that are submitted and not put yet.
  std::size_t outstanding = 4096;

  /// Inputs, and their bytes, that are submitted together.
  std::size_t together = 256;
  std::size_t bytes_together = std::size_t{1} << 20;
};

/// Carries inputs to a job and its items to a sink, in order, while both the
/// inputs come and the items end: one thread reads and submits, the thread
/// that calls `run` waits and puts.
class map_run {
public:
  map_run(map_job& job, input_reader& inputs, item_sink& sink, stop_event& stop,
          map_limits limits = {});

  /// Throws what the job, the reader or the sink throws, after the items which
  /// were submitted before; `error` with `no_cluster` at once.
  map_summary run();

private:
  // -- the thread that reads --------------------------------------------------

  void read_all();
  std::vector<std::string> read_group();
  void submit(std::vector<std::string> group);
  bool wait_for_room();
  void push(std::unique_ptr<batch> x);

  // -- the thread that calls run ----------------------------------------------

  void put_all();
  bool put_batch(batch& x);
  std::unique_ptr<batch> next_batch();
  std::optional<item> wait_for(batch& x, std::size_t index);
  void count(const item& x);
  void report_idle(const batch* current, std::size_t index);

  map_job& job_;
  input_reader& inputs_;
  item_sink& sink_;
  stop_event& stop_;
  map_limits limits_;
  std::chrono::steady_clock::time_point begin_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<batch>> batches_;
  std::size_t submitted_ = 0;
  std::size_t put_ = 0;
  bool ended_ = false;
  std::exception_ptr failure_;

  map_summary summary_;
};

} // namespace troupe::apps
