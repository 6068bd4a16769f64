// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/binding.hpp"

#include "troupe/error.hpp"

#include <zmq.h>

#include <cerrno>
#include <cstddef>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace troupe {

namespace {

/// Connects to a local socket and hangs up.
/// @returns 0 if somebody listens there, else an error number.
int probe(const std::string& path) {
  auto fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return errno;
  auto address = sockaddr_un{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  auto abstract = path.front() == '@';
  if (abstract)
    address.sun_path[0] = '\0';
  auto size = offsetof(sockaddr_un, sun_path) + path.size()
              + (abstract ? 0 : 1);
  auto status = connect(fd, reinterpret_cast<sockaddr*>(&address),
                        static_cast<socklen_t>(size));
  auto number = status == 0 ? 0 : errno;
  ::close(fd);
  return number == EAGAIN ? 0 : number; // its backlog is full, so it is alive
}

caf::error in_use(const endpoint& where) {
  auto text = to_string(where);
  switch (where.via) {
    case endpoint::transport::tcp:
      text += " is in use by another program or socket: choose another port, "
              "or 0 for any free one";
      break;
    case endpoint::transport::ipc:
      text += " is in use by another program or socket: stop it, or choose "
              "another path";
      break;
    case endpoint::transport::inproc:
      text += " is bound already in this process: choose another name";
      break;
  }
  return make_error(ec::address_in_use, std::move(text));
}

/// What people should try for an error number of `bind`.
std::string advice(const endpoint& where, int number) {
  auto ipc = where.via == endpoint::transport::ipc;
  switch (number) {
    case EACCES:
    case EPERM:
      return ipc ? "choose a directory that you may write to"
                 : "choose a port from 1024 on";
    case ENOENT:
    case ENOTDIR:
      return "create its directory first";
    case ENODEV:
    case EADDRNOTAVAIL:
    case EINVAL:
      return "choose an address of this machine, or * for all of them";
    case EMFILE:
    case ENFILE:
      return "raise the limit of open files (ulimit -n)";
    default:
      return {};
  }
}

caf::error failure(const endpoint& where, const char* verb, int number) {
  auto text = to_string(where) + " cannot be " + verb + ": "
              + zmq_strerror(number);
  if (auto what = advice(where, number); !what.empty())
    text += "; " + what;
  return make_error(ec::endpoint_failed, std::move(text));
}

} // namespace

caf::error check_bindable(const endpoint& where) {
  if (where.via != endpoint::transport::ipc || where.where.front() == '*')
    return caf::none;
  if (where.where.front() != '@') {
    struct stat entry = {};
    if (lstat(where.where.c_str(), &entry) != 0)
      return caf::none; // either free, or `bind` gives the reason
    if (!S_ISSOCK(entry.st_mode))
      return make_error(ec::endpoint_failed,
                        to_string(where)
                          + " cannot be bound: there is a file or directory of "
                            "this name; choose another path");
  }
  auto number = probe(where.where);
  if (number == 0)
    return in_use(where);
  // Nobody listens: a leftover of a dead program, which `bind` replaces.
  if (number == ECONNREFUSED || number == ENOENT)
    return caf::none;
  return failure(where, "bound", number);
}

caf::error bind_error(const endpoint& where, int number) {
  return number == EADDRINUSE ? in_use(where) : failure(where, "bound", number);
}

caf::error connect_error(const endpoint& where, int number) {
  return failure(where, "connected", number);
}

} // namespace troupe
