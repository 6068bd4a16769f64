// SPDX-License-Identifier: BSL-1.0
#include "cli/help.hpp"

namespace troupe::apps {

namespace {

constexpr std::string_view overview =
  R"(troupe - run C++ functions and shell commands on a cluster of engines

USAGE  troupe <command> [flags] [args]

EXAMPLES
  ls *.png | troupe map --bar -- gzip -k {}   once per input, on all cores
  troupe run -n 4 -- ./my_program             start 4 engines, run, clean up
  troupe start -n 8 && troupe status          a cluster that stays

CLUSTER
  start      start a controller and engines, wait until they answer
  stop       stop them, and check that nothing is left
  ps         list clusters                        (alias: list)
  status     engines, queue and counts of a cluster
  why        why tasks wait
  run        start a temporary cluster, run a program in it, stop it
TASKS
  map        run a shell command, or --task NAME, once per input
ROLES (in the foreground, log to stderr)
  controller, engine
OTHERS
  bench      measure this path against raw ZeroMQ: runs troupe-bench
  version    version and protocol
  help       this text, or that of a command

GLOBAL FLAGS
  -c, --cluster NAME   which cluster                   [env TROUPE_CLUSTER]
      --json           machine output; errors as {"error":{...}} on stderr
      --timeout DUR    give up on a silent cluster     [10s; 0 = never]
  -q, --quiet / -v     less / more on stderr
      --no-color  -h, --help  -V, --version

EXIT STATUS
  0 fine   1 a task or the program failed   2 usage   3 no cluster
  4 timed out   6 engine lost   7 version mismatch   130 interrupted
)";

constexpr std::string_view map_help =
  R"(troupe map - run a command, or a registered function, once per input

EXAMPLES
  ls *.md | troupe map -- wc -l {}
  seq 1000 | troupe map -n 4 --bar -- sh -c 'echo $(( {} * {} ))'
  troupe map -- 'zcat {} | wc -c' ::: *.gz
  troupe map --task square --load ./libmath.so 1 2 3

USAGE
  troupe map [flags] -- COMMAND [ARGS] [::: INPUTS]
  troupe map [flags] --task NAME [INPUTS]

  Inputs stand behind :::, or are the lines of a file or of stdin. What the
  commands write comes on stdout in the order of the inputs, each as soon as
  its turn comes. Failed inputs are named on stderr.

COMMANDS
  {}    the input          {.}   without extension     {#}   its number
  {/}   without directory  {//}  its directory         {/.}  without both

  Without any of these the input becomes the last argument. A command of
  several words is executed as it is, without a shell. A command of one word
  with blanks or characters of the shell runs by sh -c, its inputs quoted.

FLAGS
  -n, -j, --engines N   start a temporary cluster of N engines   [cores]
  -c, --cluster NAME    use this cluster      [else the one of troupe run, or
                        "default" if it runs, or a temporary one]
  -a, --arg-file FILE   read inputs from a file
  -0, --null            inputs end with a NUL byte instead of a line break
      --task NAME       call a function that the engines know
      --load LIB.so     load functions into the engines (temporary cluster)
      --colsep TEXT     split an input into the arguments of the task
      --retries N       run again what failed, at once and up to N times [0]
      --attempts N      runs if engines are lost; 1 = at most once       [3]
      --priority N      inputs of higher priority go first, -128 to 127  [0]
      --tags A,B        run on engines with these tags
      --needs gpu=1     take this of an engine's slots while running there
      --queue-limit DUR give up what no engine got within this time
      --bar             show progress if stderr is a terminal
      --json            one object per input: input index stdout stderr status
                        signal engine seconds attempts ok

EXIT STATUS
  0   all commands succeeded
  1   some failed                6  some were lost with their engines
  127 as the status of an input: there is no such program
)";

constexpr std::string_view settings_help =
  R"(  -n, --engines N       engine processes                          [cores]
      --tags A,B        tags of these engines, for tasks that want them
      --slots gpu=1,mem=4G   what tasks can take of each of these engines
      --group N:A,gpu=1      N further engines with tags and slots; repeatable
      --name NAME       name of the cluster                     [default]
      --program PATH    the engines run this program
      --load LIB.so     the engines load this library; repeatable
      --scheme S        how engines are picked: leastload, lru, plainrandom,
                        twobin, weighted or one of --load     [leastload];
                        pure: a device in the place of the scheduler
      --hwm N|auto      tasks outstanding per engine               [auto]
      --broadcast-depth D    2^D schedulers share calls of named engines, each
                        with its engines; 0 to 5, for many cores      [0]
      --copy-threshold  always, never or a size                    [1024]
      --listen ipc|HOST private socket files, or TCP                [ipc]
      --port N          TCP port; other lanes use the next ones       [0]
      --curve off       accept that TCP is not encrypted yet
      --wait DUR        how long engines may take                   [30s]
)";

constexpr std::string_view run_help =
  R"(troupe run - start a temporary cluster, run a program in it, stop it

EXAMPLES
  troupe run -n 4 -- ./my_program
  troupe run -n 4 --load ./libmath.so -- ./report.sh

USAGE
  troupe run [flags] -- PROGRAM [ARGS]

  If PROGRAM contains a troupe::runtime, the engines run it, too, and so know
  its functions. It finds the cluster in TROUPE_CONNECTION.

FLAGS
  -n, --engines N       engine processes                          [cores]
      --program PATH    the engines run this program instead
      --load LIB.so     the engines load this library; repeatable
      --scheme, --hwm, --broadcast-depth, --copy-threshold, --wait
                        as for start

EXIT STATUS
  That of PROGRAM, or 128 + the signal that ended it; 127 if there is no such
  program, 130 after Ctrl-C.
)";

constexpr std::string_view stop_help =
  R"(troupe stop - stop clusters, and check that nothing is left

EXAMPLES
  troupe stop
  troupe stop prod test
  troupe stop --all

USAGE
  troupe stop [flags] [NAME...]

FLAGS
      --all          all clusters of this user
      --grace DUR    what is left then is killed   [5s]
)";

constexpr std::string_view status_help =
  R"(troupe status - engines, queue and counts of a cluster

EXAMPLES
  troupe status
  troupe status -c prod --json
)";

constexpr std::string_view why_help =
  R"(troupe why - why tasks wait

EXAMPLES
  troupe why          what all tasks wait for, counted, with an example each
  troupe why 3/17     what task 17 of client 3 waits for
  troupe why 3/d17    the same of call 17 of named engines

  Errors and results name their tasks like this.
)";

constexpr std::string_view ps_help = R"(troupe ps - list clusters

EXAMPLES
  troupe ps
  troupe ps --json
)";

constexpr std::string_view engine_help =
  R"(troupe engine - run one more engine in the foreground

EXAMPLES
  troupe engine -c prod
  troupe engine --load ./libmath.so --name big-memory

FLAGS
  -c, --cluster NAME    cluster to join   [TROUPE_CONNECTION, else the only one]
      --name NAME       name of the engine
      --tags A,B        its tags, for tasks that want them
      --slots gpu=1,mem=4G   what tasks can take of it
      --load LIB.so     load functions; repeatable
)";

constexpr std::string_view version_help =
  R"(troupe version - print version and protocol

EXAMPLES
  troupe version
  troupe version --json
)";

const std::string& start_help() {
  static const auto text =
    std::string{R"(troupe start - start a cluster that stays

EXAMPLES
  troupe start
  troupe start -n 8 --name prod --load ./libmath.so

USAGE
  troupe start [flags]

  Returns when all engines answer. Logs lie in
  $XDG_STATE_HOME/troupe/NAME, by default below ~/.local/state.

FLAGS
)"} + std::string{settings_help}
    + "      --foreground      stay in the foreground, log to stderr\n";
  return text;
}

const std::string& controller_help() {
  static const auto text =
    std::string{R"(troupe controller - run a controller in the foreground

EXAMPLES
  troupe controller --name prod -n 4

FLAGS (without -n it starts no engines)
)"} + std::string{settings_help};
  return text;
}

} // namespace

std::vector<std::string> command_names() {
  return {"start", "stop", "ps",         "list",   "status",  "why",
          "run",   "map",  "controller", "engine", "version", "help"};
}

std::string_view help_text(std::string_view command) {
  if (command == "map")
    return map_help;
  if (command == "run")
    return run_help;
  if (command == "start")
    return start_help();
  if (command == "stop")
    return stop_help;
  if (command == "status")
    return status_help;
  if (command == "why")
    return why_help;
  if (command == "ps" || command == "list")
    return ps_help;
  if (command == "controller")
    return controller_help();
  if (command == "engine")
    return engine_help;
  if (command == "version")
    return version_help;
  return overview;
}

} // namespace troupe::apps
