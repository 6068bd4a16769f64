// SPDX-License-Identifier: BSL-1.0

#include "stream.hpp"

#include "harness/partner.hpp"
#include "troupe/calibration.hpp"
#include "troupe/error.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <unistd.h>

namespace troupe::perf {

namespace {

char byte_at(std::size_t i) {
  return static_cast<char>('a' + (i * 31 + i / 251) % 26);
}

} // namespace

std::vector<char> make_stream_payload(std::size_t size) {
  std::vector<char> result(size);
  for (std::size_t i = 0; i < size; ++i)
    result[i] = byte_at(i);
  return result;
}

bool is_stream_payload(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] != byte_at(i))
      return false;
  return true;
}

copy_policy to_policy(const std::string& text, const std::string& transport) {
  if (text == "auto")
    return calibrate(transport == "tcp"   ? endpoint::transport::tcp
                     : transport == "ipc" ? endpoint::transport::ipc
                                          : endpoint::transport::inproc);
  auto policy = copy_policy::parse(text);
  if (!policy)
    throw std::runtime_error(describe(policy.error()));
  return *policy;
}

measurement to_measurement(const stream_job& job, const send_report& sent,
                           const receive_report& received) {
  if (sent.released != sent.borrowed)
    throw std::runtime_error(std::to_string(sent.borrowed)
                             + " messages were borrowed and "
                             + std::to_string(sent.released) + " released");
  auto seconds = received.seconds;
  auto counted = received.counted;
  if (counted < job.count / 2) {
    seconds = received.ended - sent.began;
    counted = job.count;
  }
  auto rate = static_cast<double>(counted) / std::max(seconds, 1e-9);
  return {{"sends_per_s",
           static_cast<double>(job.count) / std::max(sent.seconds, 1e-9)},
          {"msgs_per_s", rate},
          {"mb_per_s", rate * static_cast<double>(job.size) / 1e6}};
}

double steady_seconds() {
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

std::size_t stream_count(std::size_t size, std::size_t most,
                         std::size_t bytes) {
  return std::clamp(bytes / std::max<std::size_t>(size, 1), std::size_t{8},
                    std::max<std::size_t>(most, 8));
}

std::string make_endpoint(std::string_view transport) {
  static unsigned count = 0;
  auto name = "troupe-bench-" + std::to_string(getpid()) + "-"
              + std::to_string(++count);
  if (transport == "tcp")
    return "tcp://127.0.0.1:*";
  return (transport == "ipc" ? "ipc://@" : "inproc://") + name;
}

std::string to_line(const stream_job& job) {
  return std::to_string(job.count) + ' ' + std::to_string(job.size) + ' '
         + std::to_string(job.batch);
}

stream_job to_job(std::string_view line) {
  auto xs = to_numbers(line, 3);
  return {static_cast<std::size_t>(xs[0]), static_cast<std::size_t>(xs[1]),
          static_cast<std::size_t>(xs[2])};
}

std::string to_line(const send_report& x) {
  char text[128];
  std::snprintf(text, sizeof(text), "%.9f %zu %zu %.9f", x.seconds, x.borrowed,
                x.released, x.began);
  return text;
}

send_report to_send_report(std::string_view line) {
  auto xs = to_numbers(line, 4);
  return {xs[0], static_cast<std::size_t>(xs[1]),
          static_cast<std::size_t>(xs[2]), xs[3]};
}

} // namespace troupe::perf
