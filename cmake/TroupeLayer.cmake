# SPDX-License-Identifier: BSL-1.0

include_guard(GLOBAL)
include(GNUInstallDirs)

#[[
Adds a layer: the static library `troupe_<name>`, known as `troupe::<name>`.

  troupe_add_layer(<name> [INTERFACE]
    SOURCES <file>...           # compiled, private
    HEADERS <file>...           # installed, compiled alone by the header check
    PRIVATE_HEADERS <file>...   # for this layer only, never installed
    DEPENDS <target>...         # what the headers need
    PRIVATE_DEPENDS <target>...) # what only the sources need

Headers lie in `<layer>/troupe/` and are included as `<troupe/...>`. Generated
headers lie in `${CMAKE_CURRENT_BINARY_DIR}/include/troupe/` and are passed with
their full path. An INTERFACE layer has headers only.

The include directory of a layer is its visibility: a layer sees the headers of
its DEPENDS and nothing above it.
]]
function(troupe_add_layer name)
  cmake_parse_arguments(
    PARSE_ARGV 1 arg "INTERFACE" ""
    "SOURCES;HEADERS;PRIVATE_HEADERS;DEPENDS;PRIVATE_DEPENDS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "troupe_add_layer: unknown ${arg_UNPARSED_ARGUMENTS}")
  endif()
  set(target troupe_${name})
  set(bases ${CMAKE_CURRENT_SOURCE_DIR})
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/include)
  if(arg_HEADERS MATCHES "(^|;)${generated}/")
    list(APPEND bases ${generated})
  endif()
  if(arg_INTERFACE)
    set(scope INTERFACE)
    add_library(${target} INTERFACE)
  else()
    set(scope PUBLIC)
    add_library(${target} STATIC ${arg_SOURCES} ${arg_PRIVATE_HEADERS})
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_link_libraries(
      ${target} PRIVATE ${arg_PRIVATE_DEPENDS} $<BUILD_INTERFACE:troupe_options>)
  endif()
  add_library(troupe::${name} ALIAS ${target})
  target_compile_features(${target} ${scope} cxx_std_20)
  target_link_libraries(${target} ${scope} ${arg_DEPENDS})
  target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS ${bases}
                                    FILES ${arg_HEADERS})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name}
                                             VERIFY_INTERFACE_HEADER_SETS ON)
  install(
    TARGETS ${target}
    EXPORT troupe-targets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endfunction()

#[[
Adds `test_<layer>`, one Boost.Test program of several suites.

  troupe_add_tests(<layer>
    SUITES <suite>...           # tests/<layer>/<suite>.cpp, folders allowed
    LIBS <target>...            # what the tests use
    [SOURCES <file>...]         # helpers without a suite
    [LABELS <label>...]
    [TIMEOUT <seconds>])        # 30 unless told, four times that when sanitized

Each suite is one CTest case, named `<layer>.<suite>` with a dot for each slash,
that runs the Boost suite `<file name>_suite`.
]]
function(troupe_add_tests layer)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT"
                        "SUITES;LIBS;SOURCES;LABELS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "troupe_add_tests: unknown ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 30)
  endif()
  if(TROUPE_SANITIZE)
    math(EXPR arg_TIMEOUT "4 * ${arg_TIMEOUT}")
  endif()
  set(target test_${layer})
  set(folder ${PROJECT_SOURCE_DIR}/tests/${layer})
  add_executable(${target} ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE ${arg_LIBS} troupe_test_main
                                          troupe_options)
  foreach(suite IN LISTS arg_SUITES)
    if(NOT EXISTS ${folder}/${suite}.cpp)
      message(FATAL_ERROR "The test suite '${suite}' of '${layer}' has no file "
                          "${folder}/${suite}.cpp")
    endif()
    target_sources(${target} PRIVATE ${folder}/${suite}.cpp)
    string(REPLACE "/" "." test ${layer}.${suite})
    get_filename_component(base ${suite} NAME)
    add_test(NAME ${test} COMMAND ${target} --color_output=no
                                  --run_test=${base}_suite)
    set_tests_properties(${test} PROPERTIES TIMEOUT ${arg_TIMEOUT}
                                            LABELS "${layer};${arg_LABELS}")
  endforeach()
endfunction()
