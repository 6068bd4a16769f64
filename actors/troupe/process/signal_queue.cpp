// SPDX-License-Identifier: BSL-1.0
#include "troupe/process/signal_queue.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

namespace troupe {

signal_queue::signal_queue() {
  sigset_t set;
  sigemptyset(&set);
  for (auto sig : {SIGCHLD, SIGTERM, SIGINT})
    sigaddset(&set, sig);
  pthread_sigmask(SIG_BLOCK, &set, &before_);
  fd_ = descriptor{signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)};
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, &pipe_action_);
}

signal_queue::~signal_queue() {
  while (next() != 0) {
    // what is left must not strike when it is no longer blocked
  }
  sigaction(SIGPIPE, &pipe_action_, nullptr);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

int signal_queue::next() const {
  signalfd_siginfo info{};
  auto n = ::read(fd_.get(), &info, sizeof(info));
  return n == static_cast<ssize_t>(sizeof(info))
           ? static_cast<int>(info.ssi_signo)
           : 0;
}

} // namespace troupe
