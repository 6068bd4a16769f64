# SPDX-License-Identifier: BSL-1.0

#[[
Plays a user: installs `build` to an empty prefix, builds the example `source`
against it out of tree, runs it and compares what it prints.

Usage: cmake -D build=<dir> -D source=<dir> -D scratch=<dir>
             -D compiler=<path> [-D flags=<flags>] -P check_install.cmake
]]

# Runs a command and stops with its output if it fails.
function(run)
  execute_process(
    COMMAND ${ARGV}
    RESULT_VARIABLE status
    OUTPUT_VARIABLE output
    ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    list(JOIN ARGV " " command)
    message(FATAL_ERROR "${command}\nfailed with ${status}:\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${scratch})
run(${CMAKE_COMMAND} --install ${build} --prefix ${scratch}/prefix)
run(${CMAKE_COMMAND} -S ${source} -B ${scratch}/build -G Ninja
    -DCMAKE_BUILD_TYPE=Debug -DCMAKE_PREFIX_PATH=${scratch}/prefix
    -DCMAKE_CXX_COMPILER=${compiler} "-DCMAKE_CXX_FLAGS=${flags}")
run(${CMAKE_COMMAND} --build ${scratch}/build)

execute_process(
  COMMAND ${scratch}/build/hello
  TIMEOUT 30
  RESULT_VARIABLE status
  OUTPUT_VARIABLE output)
if(NOT status EQUAL 0 OR NOT output STREQUAL "1\n2\n3\n")
  message(FATAL_ERROR "hello ended with ${status} and printed:\n${output}")
endif()
