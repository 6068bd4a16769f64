# SPDX-License-Identifier: BSL-1.0

#[[
Run as a script: writes a source file that defines `troupe::perf::commit`, and
touches it only if the commit changed.

    cmake -DSOURCE_DIR=... -DOUTPUT=... -P TroupeCommit.cmake
]]

set(_commit unknown)
find_package(Git QUIET)
if(Git_FOUND)
  execute_process(
    COMMAND ${GIT_EXECUTABLE} describe --always --dirty --abbrev=12
            --exclude=*
    WORKING_DIRECTORY ${SOURCE_DIR}
    OUTPUT_VARIABLE _found
    RESULT_VARIABLE _result
    OUTPUT_STRIP_TRAILING_WHITESPACE
    ERROR_QUIET)
  if(_result EQUAL 0 AND _found)
    set(_commit ${_found})
  endif()
endif()

file(CONFIGURE OUTPUT ${OUTPUT} CONTENT
[[// Generated.
#include "commit.hpp"

const char* const troupe::perf::commit = "@_commit@";
]] @ONLY)
