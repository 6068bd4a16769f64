// SPDX-License-Identifier: BSL-1.0
//
// Usage: fuzz_bridge <decoder> [option of libFuzzer]... [corpus]...
//        fuzz_bridge list

#include "fuzz/decoders.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

const troupe::fuzz::decoder* chosen = nullptr;

void list() {
  for (auto& x : troupe::fuzz::decoders())
    std::printf("%.*s %zu %d\n", static_cast<int>(x.name.size()), x.name.data(),
                x.max_size, x.percent);
}

} // namespace

/// Takes the first argument away from libFuzzer, which starts this program
/// again without it when it merges folders.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  constexpr auto variable = "TROUPE_FUZZ_DECODER";
  if (auto inherited = std::getenv(variable)) {
    chosen = troupe::fuzz::find_decoder(inherited);
    return 0;
  }
  auto name = *argc > 1 ? (*argv)[1] : "";
  chosen = troupe::fuzz::find_decoder(name);
  if (chosen == nullptr) {
    list();
    std::exit(std::string_view{name} == "list" ? 0 : 2);
  }
  setenv(variable, name, 1);
  for (auto i = 1; i < *argc; ++i)
    (*argv)[i] = (*argv)[i + 1];
  --*argc;
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  chosen->read(std::as_bytes(std::span{data, size}));
  return 0;
}
