// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/client_board.hpp"

#include <exception>
#include <utility>

namespace troupe {

bool client_board::submit(queued_calls x) {
  std::unique_lock guard{mutex_};
  if (end_.sentence.empty()) {
    queued_.push_back(std::move(x));
    return queued_.size() == 1;
  }
  auto sentence = end_.sentence;
  guard.unlock();
  x.group->fail_pending(task_outcome::status::no_cluster, sentence);
  return false;
}

template <class Wish>
void client_board::keep(std::vector<Wish>& wishes, Wish x) {
  std::unique_lock guard{mutex_};
  if (end_.sentence.empty())
    return wishes.push_back(std::move(x));
  auto end = end_;
  guard.unlock();
  x.answer.set_exception(
    std::make_exception_ptr(error{end.code, end.sentence}));
}

void client_board::wish(cancel_wish x) {
  keep(cancels_, std::move(x));
}

void client_board::wish(why_wish x) {
  keep(questions_, std::move(x));
}

std::vector<cancel_wish> client_board::take_cancels() {
  std::lock_guard guard{mutex_};
  return std::exchange(cancels_, {});
}

std::vector<why_wish> client_board::take_questions() {
  std::lock_guard guard{mutex_};
  return std::exchange(questions_, {});
}

status_message client_board::last_status() const {
  std::lock_guard guard{mutex_};
  return status_;
}

std::uint64_t client_board::news() const {
  std::lock_guard guard{mutex_};
  return news_;
}

client_board::ending client_board::end() const {
  std::lock_guard guard{mutex_};
  return end_;
}

bool client_board::wait(
  const std::function<bool(const status_message&, std::uint64_t)>& done,
  duration limit) const {
  std::unique_lock guard{mutex_};
  auto satisfied = [&] {
    return !end_.sentence.empty() || done(status_, news_);
  };
  auto now = clock::now();
  if (limit < clock::time_point::max() - now)
    return changed_.wait_until(guard, now + limit, satisfied);
  changed_.wait(guard, satisfied);
  return true;
}

std::vector<queued_calls> client_board::take() {
  std::lock_guard guard{mutex_};
  return std::exchange(queued_, {});
}

void client_board::tell(status_message x) {
  std::lock_guard guard{mutex_};
  status_ = std::move(x);
  ++news_;
  changed_.notify_all();
}

void client_board::end(errc code, const std::string& sentence) {
  std::vector<queued_calls> queued;
  std::vector<cancel_wish> cancels;
  std::vector<why_wish> questions;
  {
    std::lock_guard guard{mutex_};
    if (!end_.sentence.empty())
      return;
    end_ = {code, sentence.empty() ? "the session ended" : sentence};
    queued = std::exchange(queued_, {});
    cancels = std::exchange(cancels_, {});
    questions = std::exchange(questions_, {});
    changed_.notify_all();
  }
  for (auto& x : queued)
    x.group->fail_pending(task_outcome::status::no_cluster, sentence);
  auto problem = std::make_exception_ptr(error{code, sentence});
  for (auto& x : cancels)
    x.answer.set_exception(problem);
  for (auto& x : questions)
    x.answer.set_exception(problem);
}

} // namespace troupe
