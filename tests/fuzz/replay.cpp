// SPDX-License-Identifier: BSL-1.0
//
// Usage: test_fuzz <corpus>
//
// Passes each file <corpus>/<decoder>/* to its decoder. Any compiler can do
// that. Fails if a decoder has no file.

#include "fuzz/decoders.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// Returns the number of files.
int replay(const troupe::fuzz::decoder& x, const std::filesystem::path& from) {
  auto count = 0;
  std::error_code error;
  for (auto& file : std::filesystem::directory_iterator{from, error}) {
    auto content = read_file(file.path());
    // Says which file it was if the process ends here.
    std::printf("%s\n", file.path().c_str());
    std::fflush(stdout);
    x.read(std::as_bytes(std::span{content}));
    ++count;
  }
  return count;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s <corpus>\n", argv[0]);
    return 2;
  }
  auto result = 0;
  for (auto& x : troupe::fuzz::decoders()) {
    x.read({});
    auto folder = std::filesystem::path{argv[1]} / x.name;
    if (replay(x, folder) == 0) {
      std::fprintf(stderr, "error: no files in %s\n", folder.c_str());
      result = 1;
    }
  }
  return result;
}
