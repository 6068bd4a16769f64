// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/progress_bar.hpp"
#include "troupe/client/result.hpp"

#include <chrono>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace troupe {

/// The results of a map: one per input, a value or an error each. One failed
/// item loses nothing. A cheap handle. Thread-safe.
template <class T>
class map_result {
public:
  /// Walks over the results in the order of the inputs, each as soon as it is
  /// there. Dereferencing waits, and throws `error` for an item that failed.
  class iterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = T;

    iterator(const map_result* results, std::size_t index)
      : results_(results), index_(index) {
      // nop
    }

    T operator*() const {
      return results_->get(index_);
    }

    iterator& operator++() {
      ++index_;
      return *this;
    }

    iterator operator++(int) {
      auto before = *this;
      ++index_;
      return before;
    }

    friend bool operator==(const iterator& x, const iterator& y) {
      return x.index_ == y.index_;
    }

  private:
    const map_result* results_;
    std::size_t index_;
  };

  map_result(client_core_ptr core, task_group_ptr group)
    : core_(std::move(core)), group_(std::move(group)) {
    // nop
  }

  std::size_t size() const noexcept {
    return group_->size();
  }

  /// Item `index`, for tasks that depend on it.
  task_ref ref(std::size_t index) const {
    return {core_.get(), group_, index};
  }

  /// All items, for tasks that depend on them.
  std::vector<task_ref> refs() const {
    std::vector<task_ref> result;
    result.reserve(size());
    for (std::size_t i = 0; i < size(); ++i)
      result.push_back(ref(i));
    return result;
  }

  /// The result of the first item alone.
  async_result<T> only() const {
    return {core_, group_};
  }

  /// Waits for item `index`. Throws `error` if that item failed.
  T get(std::size_t index, duration limit = forever) const {
    if (bar_ != nullptr && bar_->wait(*group_, index, limit))
      limit = duration::zero();
    return detail::take<T>(*group_, index, limit);
  }

  /// Waits for all items. Throws the `error` of the first that failed, in the
  /// order of the inputs; the others stay to be had one by one.
  auto get() const {
    return get_all(forever);
  }

  auto get(duration limit) const {
    return get_all(limit);
  }

  /// Waits until all items ended, well or not.
  bool wait(duration limit = forever) const {
    if (bar_ != nullptr)
      return bar_->wait(*group_, limit);
    return group_->wait_all(limit);
  }

  bool ready(std::size_t index) const {
    return group_->ready(index);
  }

  /// Items that ended, and how many of them failed.
  std::size_t done() const {
    return group_->done();
  }

  std::size_t failed() const {
    return group_->failed();
  }

  /// The error of item `index`, none if it is pending or well.
  std::optional<error> error_of(std::size_t index) const {
    if (!group_->ready(index)
        || group_->at(index).state == task_outcome::status::ok)
      return std::nullopt;
    return group_->error_of(index);
  }

  /// Waits until `n + 1` items ended and returns the number of the one that
  /// was `n`th, from 0.
  std::size_t completed(std::size_t n, duration limit = forever) const {
    if (!group_->wait_count(n + 1, limit))
      detail::throw_not_done(*group_);
    return group_->completed(n);
  }

  /// Where and how long item `index` ran. It must have ended.
  task_info info(std::size_t index) const {
    return detail::info_of(*group_, index);
  }

  /// What people call item `index`, as `troupe why` takes it. Waits for the
  /// session to see the call, for a few microseconds; number 0 if it never did.
  task_id id(std::size_t index) const {
    return group_->wait_id(index, detail::id_limit);
  }

  /// Cancels all items by one message, whatever their number. Returns at once;
  /// may be repeated, also with another mode.
  cancellation cancel(cancel_mode mode = cancel_mode::stop) const {
    return core_->cancel(group_, 0, size(), mode);
  }

  /// Cancels item `index`.
  cancellation cancel(std::size_t index,
                      cancel_mode mode = cancel_mode::stop) const {
    return core_->cancel(group_, index, 1, mode);
  }

  /// Time from the submission to the last result, or until now.
  duration wall_time() const {
    return group_->finished() - group_->submitted();
  }

  /// Sum of the run times of all items that ended.
  duration serial_time() const {
    return group_->serial_time();
  }

  double speedup() const {
    auto wall = wall_time();
    return wall.count() > 0 ? static_cast<double>(serial_time().count())
                                / static_cast<double>(wall.count())
                            : 0.0;
  }

  /// Draws a bar while somebody waits, if stderr is a terminal.
  map_result& with_bar(std::string label) & {
    bar_ = std::make_shared<progress_bar>(std::move(label));
    return *this;
  }

  map_result with_bar(std::string label) && {
    bar_ = std::make_shared<progress_bar>(std::move(label));
    return std::move(*this);
  }

  iterator begin() const {
    return {this, 0};
  }

  iterator end() const {
    return {this, size()};
  }

private:
  auto get_all(duration limit) const {
    if (!wait(limit))
      detail::throw_not_done(*group_);
    if constexpr (std::is_void_v<T>) {
      for (std::size_t i = 0; i < size(); ++i)
        get(i);
    } else {
      std::vector<T> result;
      result.reserve(size());
      for (std::size_t i = 0; i < size(); ++i)
        result.push_back(get(i));
      return result;
    }
  }

  client_core_ptr core_;
  task_group_ptr group_;
  std::shared_ptr<progress_bar> bar_;
};

} // namespace troupe
