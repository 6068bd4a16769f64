// SPDX-License-Identifier: BSL-1.0
#include "troupe/security/private_file.hpp"

#include "troupe/error.hpp"
#include "troupe/write_all.hpp"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace troupe {

namespace fs = std::filesystem;

namespace {

struct open_file {
  explicit open_file(int fd) noexcept : fd(fd) {
    // nop
  }

  open_file(const open_file&) = delete;

  open_file& operator=(const open_file&) = delete;

  ~open_file() {
    if (fd >= 0)
      ::close(fd);
  }

  int fd;
};

caf::error bad_file(const fs::path& path, std::string what) {
  return make_error(ec::bad_key_file,
                    "the file " + path.string() + " " + std::move(what));
}

caf::error failed(const fs::path& path, const char* what, int number) {
  return bad_file(path, std::string{what} + ": " + std::strerror(number));
}

// -- writing ------------------------------------------------------------------

/// A name next to `path` that no other call uses.
fs::path name_before(const fs::path& path) {
  static std::atomic<unsigned> counter{0};
  auto result = path;
  result += "." + std::to_string(getpid()) + "." + std::to_string(counter++)
            + ".new";
  return result;
}

/// Makes the entry of a new file survive a loss of power.
bool sync_directory(const fs::path& path) {
  auto parent = path.has_parent_path() ? path.parent_path() : fs::path{"."};
  open_file dir{::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  return dir.fd >= 0 && fsync(dir.fd) == 0;
}

/// Writes `text` to a file that was not there. @returns `errno`, or 0.
int write_new(const fs::path& path, std::string_view text) {
  auto flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  open_file out{::open(path.c_str(), flags, 0600)};
  if (out.fd < 0 || fchmod(out.fd, 0600) != 0)
    return errno;
  if (auto number = write_all(out.fd, text))
    return number;
  return fsync(out.fd) == 0 ? 0 : errno;
}

/// Gives a finished file its name. @returns `errno`, or 0.
int put_in_place(const fs::path& from, const fs::path& to, if_exists what) {
  // Other than `rename`, `link` fails if there is such a file.
  auto result = what == if_exists::replace ? rename(from.c_str(), to.c_str())
                                           : link(from.c_str(), to.c_str());
  return result == 0 && sync_directory(to) ? 0 : errno;
}

// -- reading ------------------------------------------------------------------

caf::error open_error(const fs::path& path, int number) {
  switch (number) {
    case ELOOP:
      return bad_file(path, "is a symbolic link, which may lead anywhere: name "
                            "the file itself");
    case EACCES:
      return bad_file(path, "may not be read by this user: run as its owner, "
                            "or make a file of your own");
    case ENOENT:
      return bad_file(path, "does not exist: check its name, or make it first");
    default:
      return failed(path, "cannot be opened", number);
  }
}

caf::error check_private(const fs::path& path, const struct stat& info) {
  if (!S_ISREG(info.st_mode))
    return bad_file(path, "is no regular file");
  if (info.st_uid != geteuid())
    return bad_file(path, "belongs to somebody else: make one of your own, or "
                          "run as its owner");
  if ((info.st_mode & 077) != 0)
    return bad_file(path, "may be read or changed by other users: consider its "
                          "keys known, or if you are sure that nobody looked, "
                          "chmod 600 it");
  return caf::none;
}

/// Reads until the end of the file or of `text`.
bool read_all(int fd, std::string& text) {
  std::size_t size = 0;
  while (size < text.size()) {
    auto n = ::read(fd, text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return false;
    if (n == 0)
      break;
    size += static_cast<std::size_t>(n);
  }
  text.resize(size);
  return true;
}

} // namespace

caf::error write_private_file(const fs::path& path, std::string_view text,
                              if_exists what) {
  auto before = name_before(path);
  if (auto number = write_new(before, text)) {
    if (number != EEXIST)
      unlink(before.c_str());
    return number == ENOENT
             ? bad_file(path, "cannot be made because its directory does not "
                              "exist: make that first, with mode 700")
             : failed(path, "cannot be written", number);
  }
  auto number = put_in_place(before, path, what);
  unlink(before.c_str());
  if (number == EEXIST)
    return bad_file(path, "exists already: choose another name, or move the "
                          "old file away");
  return number == 0 ? caf::error{} : failed(path, "cannot be written", number);
}

caf::expected<std::string> read_private_file(const fs::path& path,
                                             std::size_t max_size) {
  auto flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  open_file in{::open(path.c_str(), flags)};
  if (in.fd < 0)
    return open_error(path, errno);
  struct stat info {};
  if (fstat(in.fd, &info) != 0)
    return failed(path, "cannot be examined", errno);
  if (auto err = check_private(path, info))
    return err;
  auto size = static_cast<std::size_t>(info.st_size);
  if (size > max_size)
    return bad_file(path, "is longer than " + std::to_string(max_size)
                            + " bytes: it is no such file");
  std::string result(size + 1, '\0');
  if (!read_all(in.fd, result))
    return failed(path, "cannot be read", errno);
  if (result.size() == size)
    return result;
  wipe(result);
  return bad_file(path, "changed while it was read: try again");
}

void wipe(std::string& text) noexcept {
  text.resize(text.capacity()); // needs no more memory
  explicit_bzero(text.data(), text.size());
  text.clear();
}

} // namespace troupe
