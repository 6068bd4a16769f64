// SPDX-License-Identifier: BSL-1.0

#include "harness/html_page.hpp"

#include "harness/compare.hpp"
#include "harness/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace troupe::perf {

namespace {

constexpr std::string_view head = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>troupe-bench</title>
<style>
:root { color-scheme: light; } /* so are the drawings */
body { font: 15px/1.5 sans-serif; max-width: 90em; margin: 2em auto;
       padding: 0 1em; color: #222; background: #fff; }
pre { overflow-x: auto; font-size: 12px; background: #f6f6f6; padding: 1em; }
svg { max-width: 100%; height: auto; display: block; }
code, td { overflow-wrap: anywhere; }
table { border-collapse: collapse; }
td { padding: 0 1em 0 0; vertical-align: top; }
td:first-child { white-space: nowrap; }
.failed { color: #a00; }
</style>
</head>
<body>
<h1>troupe-bench</h1>
<p>The cluster's own path (<em>actor</em>) against plain ZeroMQ sockets
(<em>raw</em>), medians of runs in turn. Published figures of others are
reference marks: they come from other machines.</p>
)";

/// Two digits that count, without an exponent.
std::string to_short(double x) {
  if (x < 0.0001)
    return "less than 0.0001";
  return x < 99.5 ? fmt::format("{:.2g}", x) : fmt::format("{:.0f}", x);
}

/// Fields of a ratio row that are no figures.
bool is_dimension(const std::string& name) {
  return direction_of(name) == direction::none;
}

std::string to_section(const html_section& x, std::size_t number) {
  auto result = fmt::format("<h2 id=\"{0}\">{0}</h2>\n", escape_html(x.title));
  if (!x.reading.empty())
    result += "<p>" + escape_html(x.reading) + "</p>\n";
  auto sentences = ratio_sentences(x.rows);
  if (!sentences.empty())
    result += "<ul>\n";
  for (const auto& text : sentences)
    result += "<li>" + escape_html(text) + "</li>\n";
  if (!sentences.empty())
    result += "</ul>\n";
  for (std::size_t i = 0; i < x.svgs.size(); ++i)
    result += to_inline(x.svgs[i], fmt::format("s{}f{}-", number, i)) + "\n";
  return result + "<details><summary>Figures</summary>\n<pre>"
         + escape_html(to_table(x.rows)) + "</pre>\n</details>\n";
}

void replace_all(std::string& text, std::string_view what,
                 const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

} // namespace

std::string to_html(const html_page& x) {
  std::string result{head};
  result += "<table>\n";
  for (const auto& [name, content] : x.origin.fields())
    result += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n",
                          escape_html(name), escape_html(to_plain(content)));
  result += "</table>\n";
  for (const auto& [what, why] : x.failures)
    result += fmt::format("<p class=\"failed\">{}: {}</p>\n", escape_html(what),
                          escape_html(why));
  for (std::size_t i = 0; i < x.sections.size(); ++i)
    result += to_section(x.sections[i], i);
  return result + "</body>\n</html>\n";
}

std::vector<std::string> ratio_sentences(const std::vector<row>& rows) {
  struct range {
    std::string metric;
    double least = 0;
    double most = 0;
    std::size_t count = 0;
  };
  std::vector<range> ranges;
  for (const auto& x : rows) {
    if (x.find("ratio") == nullptr)
      continue;
    for (const auto& [name, content] : x.fields()) {
      auto value = std::get_if<double>(&content);
      if (value == nullptr || is_dimension(name))
        continue;
      auto i = std::find_if(ranges.begin(), ranges.end(),
                            [&, &metric = name](const range& y) {
                              return y.metric == metric;
                            });
      if (i == ranges.end())
        i = ranges.insert(ranges.end(), {name, *value, *value, 0});
      i->least = std::min(i->least, *value);
      i->most = std::max(i->most, *value);
      ++i->count;
    }
  }
  std::vector<std::string> result;
  for (const auto& x : ranges)
    result.push_back(fmt::format(
      "{} of the actor path: {} to {} times that of the raw path over {} "
      "points; {} is better.",
      x.metric, to_short(x.least), to_short(x.most), x.count,
      direction_of(x.metric) == direction::up ? "more" : "less"));
  return result;
}

std::string to_inline(std::string svg, const std::string& prefix) {
  if (auto begin = svg.find("<svg"); begin != std::string::npos)
    svg.erase(0, begin);
  for (std::string_view quote : {"'", "\""})
    for (std::string_view part : {" id=", "href="}) {
      auto hash = part == "href=" ? "#" : "";
      auto from = fmt::format("{}{}{}", part, quote, hash);
      replace_all(svg, from, from + prefix);
    }
  replace_all(svg, "url(#", "url(#" + prefix);
  // Browsers show it wherever the pointer rests.
  replace_all(svg, "<title>Gnuplot</title>", "");
  return svg;
}

std::string escape_html(const std::string& text) {
  std::string result;
  for (auto c : text)
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  return result;
}

} // namespace troupe::perf
