// SPDX-License-Identifier: BSL-1.0

#include <troupe/troupe.hpp>

#include <cmath>
#include <iostream>
#include <vector>

double root(double x) {
  return std::sqrt(x);
}
TROUPE_TASK(root);

// Starts four engines, which are copies of this program, and prints 1, 2, 3.
int main(int argc, char** argv) {
  troupe::runtime rt{argc, argv};
  auto cluster = troupe::cluster::local({.engines = 4});
  auto numbers = std::vector{1.0, 4.0, 9.0};
  for (double r : cluster.connect().balanced().map<root>(numbers))
    std::cout << r << '\n';
}
