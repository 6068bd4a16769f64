// SPDX-License-Identifier: BSL-1.0
#include "troupe/write_all.hpp"

#include <cerrno>
#include <cstddef>
#include <unistd.h>

namespace troupe {

int write_all(int fd, std::string_view text) noexcept {
  while (!text.empty()) {
    auto n = ::write(fd, text.data(), text.size());
    if (n > 0)
      text.remove_prefix(static_cast<std::size_t>(n));
    else if (n == 0)
      return EIO; // or we would try for ever
    else if (errno != EINTR)
      return errno;
  }
  return 0;
}

} // namespace troupe
