// SPDX-License-Identifier: BSL-1.0

// A program that is client and engine. Attaches to the cluster of
// `troupe run`, and prints what it computed there.

#include <troupe/troupe.hpp>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

int square(int x) {
  return x * x;
}
TROUPE_TASK(square);

int main(int argc, char** argv) {
  troupe::runtime rt{argc, argv};
  auto attached = std::getenv("TROUPE_CONNECTION") != nullptr;
  auto cluster = troupe::cluster::local({.engines = 2});
  std::cout << (attached ? "attached" : "alone") << '\n';
  auto numbers = std::vector{1, 2, 3};
  for (auto x : cluster.connect().balanced().map<square>(numbers))
    std::cout << x << '\n';
  return argc > 1 ? std::stoi(argv[1]) : 0;
}
