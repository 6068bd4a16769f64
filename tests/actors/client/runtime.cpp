// SPDX-License-Identifier: BSL-1.0

#include "troupe/client/runtime.hpp"

#include "troupe/client/cluster.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <string>

using namespace troupe;

namespace {

std::string own_program() {
  std::ifstream file{"/proc/self/exe", std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// The marker, put together while the program runs: written down, it would be
/// found.
std::string marker() {
  std::string result{"uspvqf.svoujnf.nbslfs.w2"};
  volatile char shift = 1; // or the compiler does the sum and writes it down
  for (auto& c : result)
    c = static_cast<char>(c - shift);
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(runtime_suite)

// This program links the library and includes the header, but has no runtime.
BOOST_AUTO_TEST_CASE(a_program_without_a_runtime_has_no_marker) {
  static_assert(sizeof(runtime_marker) == 25);
  BOOST_TEST(marker().size() + 1 == sizeof(runtime_marker));
  BOOST_TEST((own_program().find(marker()) == std::string::npos));
  BOOST_TEST(!runtime::exists());
  BOOST_TEST(!runtime::plays_engine());
}

BOOST_AUTO_TEST_CASE(a_local_cluster_needs_a_runtime) {
  try {
    cluster::local({.engines = 1});
    BOOST_ERROR("no error");
  } catch (const error& x) {
    BOOST_TEST((x.code == errc::usage));
    BOOST_TEST((x.hint.find("troupe::runtime") != std::string::npos));
  }
}

BOOST_AUTO_TEST_SUITE_END()
