// SPDX-License-Identifier: BSL-1.0

#include "run_workload.hpp"

#include "bench_process.hpp"
#include "harness/csv.hpp"
#include "harness/report.hpp"
#include "report_files.hpp"
#include "troupe/client/error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>
#include <string>
#include <unistd.h>

namespace troupe::perf {

namespace {

/// Draws the figures and writes the report. Returns the exit status.
int draw_all(const report& from, const std::string& dir) {
  try {
    write_report_files(from, dir);
    return 0;
  } catch (const std::exception& err) {
    return tell(err);
  }
}

int fail(const std::string& text, const std::string& hint, int status) {
  std::fprintf(stderr, "troupe-bench: %s\n%s%s", text.c_str(), hint.c_str(),
               hint.empty() ? "" : "\n");
  return status;
}

/// A file for all rows, opened before anything is measured.
class csv_file {
public:
  csv_file() = default;

  csv_file(const csv_file&) = delete;
  csv_file& operator=(const csv_file&) = delete;

  ~csv_file() {
    if (file_ != nullptr)
      std::fclose(file_);
  }

  bool open(const std::string& path) {
    file_ = std::fopen(path.c_str(), "we");
    return file_ != nullptr;
  }

  /// Returns `false` if the disk is full, or so.
  bool write(const report& from) {
    if (file_ == nullptr)
      return true;
    auto text = to_csv(from.rows(),
                       from.origin() ? to_row(*from.origin()) : row{});
    auto written = std::fwrite(text.data(), 1, text.size(), file_);
    return written == text.size() && std::fflush(file_) == 0;
  }

private:
  std::FILE* file_ = nullptr;
};

int measure(const workload& what, const options& with, report& out) {
  try {
    what.run(with, out);
    return 0;
  } catch (const std::exception& err) {
    out.progress("");
    return tell(err);
  }
}

} // namespace

int run_workload(const workload& what, const options& with, provenance from) {
  csv_file csv;
  if (!with.csv_file.empty() && !csv.open(with.csv_file))
    return fail("cannot write '" + with.csv_file + "': " + std::strerror(errno),
                "--csv takes a file in a folder that exists.", 2);
  if (auto text = build_warning(from.build);
      !text.empty() && !is_bench_process())
    std::fprintf(stderr, "troupe-bench: warning: %s\n", text.c_str());
  report out{stdout, with.json,
             !with.no_progress && isatty(STDERR_FILENO) != 0};
  out.set_provenance(std::move(from));
  auto status = measure(what, with, out);
  out.finish();
  if (!csv.write(out))
    status = std::max(status, fail("cannot write all of '" + with.csv_file
                                     + "': " + std::strerror(errno),
                                   "", 1));
  if (!with.plot_dir.empty())
    status = std::max(status, draw_all(out, with.plot_dir));
  return status;
}

int tell(const std::exception& err) {
  if (auto x = dynamic_cast<const troupe::error*>(&err))
    return fail(x->what(), x->hint, troupe::exit_status(x->code));
  if (dynamic_cast<const std::bad_alloc*>(&err) != nullptr)
    return fail("not enough memory", "Take fewer --tasks, or a smaller --size.",
                1);
  return fail(err.what(), "", 1);
}

} // namespace troupe::perf
