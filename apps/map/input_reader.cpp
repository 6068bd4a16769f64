// SPDX-License-Identifier: BSL-1.0
#include "map/input_reader.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <poll.h>
#include <stdexcept>
#include <unistd.h>

namespace troupe::apps {

namespace {

constexpr auto read_bytes = std::size_t{64} << 10;

} // namespace

input_reader::input_reader(std::vector<std::string> list)
  : list_(std::make_move_iterator(list.begin()),
          std::make_move_iterator(list.end())) {
  // nop
}

input_reader::input_reader(int fd, char delimiter, int stop_fd)
  : fd_(fd), delimiter_(delimiter), stop_fd_(stop_fd) {
  // nop
}

bool input_reader::next(std::string& input) {
  if (!list_.empty()) {
    input = std::move(list_.front());
    list_.pop_front();
    return true;
  }
  while (!take(input)) {
    if (fd_ >= 0 && unread_.size() - begin_ > max_input_bytes)
      throw std::runtime_error("an input is longer than 16 MiB");
    if (fd_ >= 0 && readable(-1) && fill())
      continue;
    // The end: what is left is the last input, if it is not empty.
    fd_ = -1;
    if (begin_ == unread_.size())
      return false;
    input.assign(unread_, begin_);
    begin_ = unread_.size();
    return true;
  }
  return true;
}

bool input_reader::ready() {
  while (list_.empty() && unread_.find(delimiter_, searched_) == unread_.npos) {
    searched_ = unread_.size();
    if (fd_ < 0 || unread_.size() - begin_ > max_input_bytes)
      return begin_ < unread_.size();
    if (!readable(0))
      return false;
    if (!fill())
      fd_ = -1;
  }
  return true;
}

bool input_reader::readable(int timeout_ms) const {
  pollfd fds[] = {{fd_, POLLIN, 0}, {stop_fd_, POLLIN, 0}};
  while (poll(fds, 2, timeout_ms) < 0 && errno == EINTR) {
    // nop
  }
  return fds[1].revents == 0 && fds[0].revents != 0;
}

bool input_reader::fill() {
  unread_.erase(0, begin_);
  searched_ -= begin_;
  begin_ = 0;
  auto before = unread_.size();
  unread_.resize(before + read_bytes);
  auto n = read(fd_, unread_.data() + before, read_bytes);
  auto reason = errno;
  unread_.resize(before + static_cast<std::size_t>(std::max(n, ssize_t{0})));
  if (n < 0 && reason != EINTR && reason != EAGAIN)
    throw std::runtime_error(std::string{"cannot read the inputs: "}
                             + std::strerror(reason));
  return n != 0;
}

bool input_reader::take(std::string& input) {
  auto end = unread_.find(delimiter_, searched_);
  if (end == unread_.npos) {
    searched_ = unread_.size();
    return false;
  }
  input.assign(unread_, begin_, end - begin_);
  begin_ = searched_ = end + 1;
  return true;
}

} // namespace troupe::apps
