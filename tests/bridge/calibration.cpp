// SPDX-License-Identifier: BSL-1.0

#include "bridge/loopback.hpp"
#include <troupe/calibration.hpp>
#include <troupe/error.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>
#include <vector>

using namespace std::chrono_literals;
using namespace troupe;

namespace {

using transport = endpoint::transport;

constexpr auto all_transports = {transport::tcp, transport::ipc,
                                 transport::inproc};

/// A folder of its own for each test.
struct fixture {
  fixture() {
    auto name = std::string{"/tmp/troupe-test-XXXXXX"};
    folder = mkdtemp(name.data());
  }

  ~fixture() {
    std::filesystem::remove_all(folder);
  }

  std::string path() const {
    return folder + "/below/copy-thresholds";
  }

  void write(const std::string& text) const {
    std::filesystem::create_directories(folder + "/below");
    std::ofstream{path(), std::ios::binary} << text;
  }

  std::string read() const {
    std::ifstream file{path(), std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
  }

  std::string folder;
};

/// Costs as they should be: a fixed part for lending, a growing one for copies.
std::vector<copy_sample> costs(double lending) {
  std::vector<copy_sample> result;
  for (auto size = std::size_t{256}; size <= std::size_t{1} << 20; size *= 2)
    result.push_back({size, static_cast<double>(size), lending});
  return result;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(calibration_suite, fixture)

BOOST_AUTO_TEST_CASE(the_threshold_lies_where_costs_cross) {
  auto x = best_threshold(costs(3000));
  BOOST_TEST(x > 2900u);
  BOOST_TEST(x < 3100u);
}

BOOST_AUTO_TEST_CASE(one_disturbed_size_moves_nothing) {
  auto samples = costs(3000);
  samples[1].lent = 400;    // as if lending paid at 512 bytes
  samples[9].copied = 1000; // as if copying paid at 128 KiB
  auto x = best_threshold(samples);
  BOOST_TEST(x > 2900u);
  BOOST_TEST(x < 3100u);
}

BOOST_AUTO_TEST_CASE(without_a_crossing_the_threshold_stays_at_the_edge) {
  BOOST_TEST(best_threshold(costs(1)) == 128u);
  BOOST_TEST(best_threshold(costs(1e9)) == std::size_t{1} << 20);
  BOOST_TEST(best_threshold({}) == copy_policy::default_threshold);
}

BOOST_AUTO_TEST_CASE(each_transport_can_be_measured) {
  for (auto via : all_transports) {
    auto policy = calibrate(via);
    BOOST_TEST(!policy.is_automatic());
    BOOST_TEST(policy.threshold() >= 32u);
    BOOST_TEST(policy.threshold() <= std::size_t{1} << 20);
  }
}

BOOST_AUTO_TEST_CASE(no_time_to_measure_leaves_the_default) {
  BOOST_TEST((calibrate(transport::tcp, 0ms) == copy_policy{}));
}

BOOST_AUTO_TEST_CASE(a_file_keeps_what_it_is_given) {
  calibration_file file{path()};
  BOOST_TEST(!file.find(transport::tcp).has_value());
  BOOST_TEST(!file.store(transport::tcp, copy_policy{5000}));
  BOOST_TEST(!file.store(transport::ipc, copy_policy{6000}));
  BOOST_TEST(!file.store(transport::tcp, copy_policy{7000}));
  BOOST_TEST((file.find(transport::tcp) == copy_policy{7000}));
  BOOST_TEST((file.find(transport::ipc) == copy_policy{6000}));
  BOOST_TEST(!file.find(transport::inproc).has_value());
}

BOOST_AUTO_TEST_CASE(nothing_but_the_file_stays_behind) {
  calibration_file file{path()};
  BOOST_TEST(!file.store(transport::tcp, copy_policy{5000}));
  auto entries = std::filesystem::directory_iterator{folder + "/below"};
  BOOST_TEST(std::distance(entries, {}) == 1);
}

BOOST_AUTO_TEST_CASE(lines_of_other_machines_stay) {
  calibration_file file{path()};
  write("libzmq-9.9.9 elsewhere | tcp = 4711\n");
  BOOST_TEST(!file.find(transport::tcp).has_value());
  BOOST_TEST(!file.store(transport::tcp, copy_policy{5000}));
  BOOST_TEST(read().starts_with("libzmq-9.9.9 elsewhere | tcp = 4711\n"));
}

BOOST_AUTO_TEST_CASE(damage_counts_as_missing_and_is_replaced) {
  calibration_file file{path()};
  BOOST_TEST(!file.store(transport::tcp, copy_policy{5000}));
  auto line = read();
  auto number = line.find("5000");
  BOOST_REQUIRE(number != std::string::npos);
  for (auto bad : {"", "x", "-1", "5000x", "0", "99999999999999999999999"}) {
    write(line.substr(0, number) + bad + "\n");
    BOOST_TEST_CONTEXT(bad) {
      BOOST_TEST(!file.find(transport::tcp).has_value());
    }
  }
  write(std::string(1 << 20, '\0') + "\xff no line of ours\n");
  BOOST_TEST(!file.find(transport::tcp).has_value());
  BOOST_TEST(!file.store(transport::tcp, copy_policy{5000}));
  BOOST_TEST(read() == line);
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_written_is_an_error) {
  std::ofstream{folder + "/file"} << "in the way";
  calibration_file file{folder + "/file/copy-thresholds"};
  auto err = file.store(transport::tcp, copy_policy{5000});
  BOOST_TEST((err == ec::system_failure));
  BOOST_TEST(describe(err).find(folder) != std::string::npos);
  BOOST_TEST(!calibration_file{""}.store(transport::tcp, copy_policy{1}));
}

BOOST_AUTO_TEST_CASE(the_user_has_one_file) {
  setenv("XDG_CACHE_HOME", "/caches", 1);
  BOOST_TEST(calibration_file::default_path()
             == "/caches/troupe/copy-thresholds");
  unsetenv("XDG_CACHE_HOME");
  setenv("HOME", "/home/somebody", 1);
  BOOST_TEST(calibration_file::default_path()
             == "/home/somebody/.cache/troupe/copy-thresholds");
  unsetenv("HOME");
  BOOST_TEST(calibration_file::default_path().empty());
}

BOOST_AUTO_TEST_CASE(a_process_looks_once) {
  calibration_file file{path()};
  BOOST_TEST(!file.store(transport::inproc, copy_policy{5000}));
  auto first = automatic_policy(transport::inproc, file);
  BOOST_TEST((first == copy_policy{5000}));
  BOOST_TEST(!file.store(transport::inproc, copy_policy{6000}));
  BOOST_TEST((automatic_policy(transport::inproc, file) == first));
}

BOOST_AUTO_TEST_CASE(what_was_measured_is_kept) {
  calibration_file file{path()};
  auto measured = automatic_policy(transport::ipc, file);
  BOOST_TEST((file.find(transport::ipc) == measured));
}

BOOST_AUTO_TEST_CASE(a_socket_measures_when_it_opens) {
  bridge_config cfg;
  cfg.copy = copy_policy::automatic();
  cfg.calibration_path = path();
  test::bridge_fixture with{cfg};
  socket_spec spec;
  spec.type = socket_type::push;
  spec.bind.push_back("ipc://@troupe-test-" + std::to_string(getpid()));
  auto socket = with.bridge->open(spec);
  BOOST_REQUIRE(socket);
  auto threshold = automatic_policy(transport::ipc, calibration_file{""});
  test::owner owner{with.sys};
  spec.type = socket_type::pull;
  spec.connect = std::exchange(spec.bind, {});
  auto other = with.bridge->open(spec);
  BOOST_REQUIRE(other);
  owner.attach(other->handle);
  auto size = threshold.threshold();
  owner.send(socket->handle, test::message({std::string(size, 'x')}));
  owner.send(socket->handle, test::message({std::string(size + 1, 'x')}));
  owner.take();
  owner.take();
  auto counters = owner.counters(socket->handle);
  BOOST_TEST(counters.frames_copied == 1u);
  BOOST_TEST(counters.frames_lent == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
