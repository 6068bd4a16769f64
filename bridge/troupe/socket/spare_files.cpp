// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/spare_files.hpp"

#include <array>
#include <sys/eventfd.h>
#include <unistd.h>

namespace troupe {

bool has_spare_files(int count) noexcept {
  std::array<int, files_per_socket> files;
  auto opened = 0;
  while (opened < count && (files[opened] = eventfd(0, EFD_CLOEXEC)) >= 0)
    ++opened;
  for (auto i = 0; i < opened; ++i)
    close(files[i]);
  return opened == count;
}

} // namespace troupe
