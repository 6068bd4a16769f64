# SPDX-License-Identifier: BSL-1.0

#[[
add_pattern(NAME [SOURCE...] [EXPECT REGEX])

Adds the program NAME from main.cpp, NAME.{hpp,cpp} and the other sources of this
folder. Inside of Troupe's own build, adds two tests: `examples.NAME_test` runs
NAME_test.cpp, and `examples.NAME` runs the program, whose output has to match
REGEX.
]]
include_guard(GLOBAL)

if(NOT TARGET troupe::bridge)
  find_package(troupe REQUIRED)
endif()
if(NOT TARGET example_support)
  add_subdirectory(${CMAKE_CURRENT_LIST_DIR}
                   ${CMAKE_BINARY_DIR}/example_support)
endif()

function(add_pattern name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "EXPECT" "")
  set(sources ${name}.cpp ${name}.hpp ${arg_UNPARSED_ARGUMENTS})
  add_executable(${name} main.cpp ${sources})
  target_link_libraries(${name} PRIVATE example_support)
  if(NOT TARGET troupe_test_support)
    return()
  endif()
  target_link_libraries(${name} PRIVATE troupe_options)
  add_executable(test_${name} ${name}_test.cpp ${sources})
  target_link_libraries(test_${name} PRIVATE troupe_test_support troupe_options)
  add_test(NAME examples.${name}_test COMMAND test_${name})
  add_test(NAME examples.${name} COMMAND ${name})
  set_tests_properties(
    examples.${name} examples.${name}_test PROPERTIES TIMEOUT 60 LABELS
                                                      examples)
  set_tests_properties(examples.${name} PROPERTIES PASS_REGULAR_EXPRESSION
                                                   "${arg_EXPECT}")
endfunction()
