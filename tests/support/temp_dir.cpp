// SPDX-License-Identifier: BSL-1.0

#include "support/temp_dir.hpp"

#include <cerrno>
#include <stdlib.h>
#include <string_view>
#include <system_error>

namespace troupe::test {

namespace {

// Leaves room for file names in the 107 bytes of a socket's path.
constexpr auto longest_base = std::size_t{60};

std::string base() {
  auto* dir = ::getenv("TMPDIR");
  if (dir == nullptr || *dir != '/'
      || std::string_view{dir}.size() > longest_base)
    return "/tmp";
  return dir;
}

} // namespace

temp_dir::temp_dir() {
  auto name = base() + "/tr-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr)
    throw std::system_error{errno, std::generic_category(), name};
  path_ = name;
}

temp_dir::~temp_dir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

} // namespace troupe::test
