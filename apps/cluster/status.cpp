// SPDX-License-Identifier: BSL-1.0
#include "cli/commands.hpp"
#include "cluster/session.hpp"
#include "cluster/status_text.hpp"
#include "troupe/process/runtime_dir.hpp"

#include <cstdio>
#include <string>

namespace troupe::apps {

int execute(const status_options& x) {
  auto info = find_cluster(x.common);
  auto session = connect(info, x.common);
  auto limit = x.common.timeout.count() > 0 ? duration{x.common.timeout}
                                            : forever;
  auto status = session.status(limit);
  auto text = x.common.json ? status_json(info, status)
                            : status_text(info, status);
  std::fputs(text.c_str(), stdout);
  return 0;
}

int execute(const list_options& x) {
  auto all = runtime_dir::running();
  auto text = x.common.json ? list_json(all) : list_text(all);
  std::fputs(text.c_str(), stdout);
  if (all.empty() && !x.common.json && !x.common.quiet)
    std::fputs("no cluster is running\n", stderr);
  return 0;
}

} // namespace troupe::apps
