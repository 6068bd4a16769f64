// SPDX-License-Identifier: BSL-1.0

#include "perf/row_checks.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

using nlohmann::json;

namespace troupe::test {

namespace {

/// Figures are written with six digits after the point.
bool near(double x, double y) {
  return std::abs(x - y) <= 1e-3 * std::abs(y) + 2e-6;
}

bool is_run(const json& row) {
  return !row.contains("summary") && !row.contains("ratio")
         && !row.contains("threshold");
}

/// Names of what was measured: what has a spread.
std::vector<std::string> metrics_of(const json& summary) {
  std::vector<std::string> result;
  for (const auto& [name, value] : summary.items())
    if (summary.contains(name + "_mad"))
      result.push_back(name);
  return result;
}

/// The row without what was measured, and who measured it.
json key_of(json row, const std::vector<std::string>& metrics) {
  for (const auto& name : metrics)
    for (auto end : {"", "_mad", "_min", "_max"})
      row.erase(name + end);
  for (auto name : {"repeat", "summary", "ratio", "provenance"})
    row.erase(name);
  return row;
}

/// The rows of a summary's own runs.
json_rows runs_of(const json& summary, const json_rows& rows) {
  auto metrics = metrics_of(summary);
  auto key = key_of(summary, metrics);
  json_rows result;
  for (const auto& row : rows)
    if (is_run(row) && key_of(row, metrics) == key)
      result.push_back(row);
  return result;
}

void check_summary(const json& summary, const json_rows& rows,
                   unsigned repeat) {
  auto runs = runs_of(summary, rows);
  BOOST_REQUIRE(runs.size() == repeat);
  std::set<unsigned> numbers;
  for (const auto& run : runs)
    numbers.insert(run.at("repeat").get<unsigned>());
  BOOST_TEST(numbers.size() == repeat);
  BOOST_TEST(*numbers.begin() == 1u);
  BOOST_TEST(*numbers.rbegin() == repeat);
  for (const auto& metric : metrics_of(summary)) {
    std::vector<double> values;
    for (const auto& run : runs)
      values.push_back(run.at(metric));
    std::sort(values.begin(), values.end());
    auto half = values.size() / 2;
    auto median = values.size() % 2 == 1
                    ? values[half]
                    : (values[half - 1] + values[half]) / 2;
    BOOST_TEST(near(summary.at(metric), median), metric);
    BOOST_TEST(near(summary.at(metric + "_min"), values.front()), metric);
    BOOST_TEST(near(summary.at(metric + "_max"), values.back()), metric);
    BOOST_TEST(summary.at(metric + "_mad")
               <= values.back() - values.front() + 2e-6);
  }
}

/// Whether a ratio is that of these two.
bool relates(const json& ratio, const json& raw, const json& actor) {
  auto metrics = metrics_of(actor);
  auto key = key_of(actor, metrics);
  key["path"] = "ratio";
  if (key_of(ratio, metrics) != key)
    return false;
  return std::all_of(metrics.begin(), metrics.end(), [&](const auto& metric) {
    return raw.contains(metric)
           && near(ratio.at(metric), actor.at(metric).template get<double>()
                                       / raw.at(metric).template get<double>());
  });
}

void check_ratio(const json& ratio, const json_rows& rows) {
  auto found = false;
  for (const auto& raw : rows)
    for (const auto& actor : rows)
      found = found
              || (raw.contains("summary") && raw.at("path") == "raw"
                  && actor.contains("summary") && actor.at("path") == "actor"
                  && relates(ratio, raw, actor));
  BOOST_TEST(found, "no two summaries make " << ratio.dump());
  if (ratio.contains("bytes")) { // the same values, encoded
    BOOST_TEST(ratio.at("bytes") > 0.5);
    BOOST_TEST(ratio.at("bytes") < 2);
  }
}

/// Figures of one run that depend on each other.
void check_fit(const json& row) {
  auto has = [&](const char* name) { return row.contains(name); };
  auto value = [&](const char* name) { return row.at(name).get<double>(); };
  if (has("mb_per_s"))
    BOOST_TEST(
      near(value("mb_per_s"), value("msgs_per_s") * value("size") / 1e6));
  for (std::string when : {"", "idle_", "loaded_"})
    if (row.contains(when + "p99_us"))
      BOOST_TEST(row.at(when + "p99_us") >= row.at(when + "median_us"));
  if (has("roundtrip_per_s"))
    BOOST_TEST(value("roundtrip_per_s") <= value("sent_per_s"));
  if (has("released"))
    BOOST_TEST(value("released") == value("tasks"));
  if (has("efficiency"))
    BOOST_TEST(value("efficiency") <= 1);
  if (has("ready_ms"))
    BOOST_TEST(value("ready_ms") >= value("first_result_ms"));
  if (has("dispatch_ns"))
    BOOST_TEST(value("dispatch_ns") <= 1e9 / value("rate_per_s"));
  for (auto name : {"idle_mb", "after_mb"})
    if (has(name))
      BOOST_TEST(value(name) >= 1); // a process with ZeroMQ in it
  if (has("per_task_b"))
    BOOST_TEST(value("per_task_b") * value("queued") < 1e9);
  if (has("loaded_to_idle"))
    BOOST_TEST(near(value("loaded_to_idle"),
                    value("loaded_p99_us") / value("idle_p99_us")));
}

/// The largest number that makes sense under this name: times are at most those
/// of the whole test, and no core does anything in less than a nanosecond.
double most_of(const std::string& name) {
  constexpr auto seconds = 600.0;
  if (name.ends_with("_per_s"))
    return 1e9;
  if (name.ends_with("_ms"))
    return seconds * 1e3;
  if (name.ends_with("_us"))
    return seconds * 1e6;
  if (name.ends_with("_ns"))
    return seconds * 1e9;
  return name.ends_with("_s") ? seconds : 1e15;
}

} // namespace

std::size_t count_summaries(const json_rows& rows, const std::string& path) {
  return static_cast<std::size_t>(
    std::count_if(rows.begin(), rows.end(), [&](const json& row) {
      return row.at("path") == path
             && (row.contains("summary") || row.contains("ratio"));
    }));
}

void check_figures(const json& row) {
  constexpr auto is_size = [](const std::string& name) {
    return name == "size"; // may be 0
  };
  for (const auto& [name, value] : row.items()) {
    BOOST_TEST(!value.is_null(), name);
    if (!value.is_number())
      continue;
    BOOST_TEST(value >= 0, name);
    BOOST_TEST(value <= most_of(name), name);
    if (!name.ends_with("_mad") && !is_size(name) && name != "per_task_b")
      BOOST_TEST(value > 0, name);
  }
  if (is_run(row))
    check_fit(row);
}

void check_sums(const json_rows& rows, unsigned repeat) {
  for (const auto& row : rows)
    BOOST_TEST_CONTEXT(row.dump()) {
      BOOST_TEST(row.at("repeat") <= repeat);
      if (!is_run(row) && !row.contains("threshold"))
        BOOST_TEST(row.at("repeat") == repeat);
      if (row.contains("summary"))
        check_summary(row, rows, repeat);
      if (row.contains("ratio"))
        check_ratio(row, rows);
    }
}

std::vector<std::vector<std::string>> parse_csv(const std::string& text) {
  std::vector<std::vector<std::string>> result;
  std::vector<std::string> line{""};
  auto quoted = false;
  for (auto c : text)
    if (c == '"') {
      // A quote within quotes comes twice, so it ends them and begins again.
      if (!quoted && !line.back().empty())
        line.back() += c;
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      line.emplace_back();
    } else if (c == '\n' && !quoted) {
      result.push_back(std::move(line));
      line = {""};
    } else {
      line.back() += c;
    }
  BOOST_TEST(!quoted);
  BOOST_TEST(line == std::vector<std::string>{""},
             boost::test_tools::per_element());
  return result;
}

void check_csv(const std::string& text, const json_rows& rows) {
  auto lines = parse_csv(text);
  BOOST_REQUIRE(lines.size() == rows.size() + 1);
  const auto& names = lines.front();
  std::set<std::string> different{names.begin(), names.end()};
  BOOST_TEST(different.size() == names.size());
  auto plain = [](const json& x) {
    return x.is_string() ? x.get<std::string>() : x.dump();
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& cells = lines[i + 1];
    BOOST_REQUIRE(cells.size() == names.size());
    auto expected = rows[i];
    expected.update(expected.at("provenance"));
    expected.erase("provenance");
    for (std::size_t j = 0; j < names.size(); ++j)
      BOOST_TEST(
        cells[j]
        == (expected.contains(names[j]) ? plain(expected[names[j]]) : ""));
  }
}

} // namespace troupe::test
