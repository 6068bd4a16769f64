# SPDX-License-Identifier: BSL-1.0

#[[
Defines `troupe_options`, the flags of our own sources. Targets link to it as
`PRIVATE $<BUILD_INTERFACE:troupe_options>`, so that users inherit none of them.
]]

option(TROUPE_WERROR "Treat warnings as errors" OFF)
set(TROUPE_SANITIZE "" CACHE STRING "Sanitizers: address,undefined or thread")
option(TROUPE_FUZZ "Build the decoders for libFuzzer; needs clang" OFF)
if(TROUPE_FUZZ AND NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  message(FATAL_ERROR "TROUPE_FUZZ needs clang: use the preset 'fuzz'")
endif()

add_library(troupe_options INTERFACE)
target_compile_features(troupe_options INTERFACE cxx_std_20)
target_compile_options(troupe_options INTERFACE -Wall -Wextra -Wpedantic)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION
                                            VERSION_LESS 13)
  # GCC 12 sees overlaps in std::string that are not there: GCC PR 105329.
  target_compile_options(troupe_options INTERFACE -Wno-restrict)
endif()
if(TROUPE_WERROR)
  target_compile_options(troupe_options INTERFACE -Werror)
endif()

if(TROUPE_SANITIZE MATCHES "thread" AND NOT CAF_CORE_LIBRARY MATCHES "tsan")
  message(WARNING "${CAF_CORE_LIBRARY} is not built with the thread sanitizer, "
                  "which will report races that are none: run "
                  "scripts/build-tsan-caf, or set CAF_ROOT to its folder, and "
                  "configure with --fresh")
endif()

if(TROUPE_SANITIZE)
  set(_flags -fsanitize=${TROUPE_SANITIZE} -fno-omit-frame-pointer)
  if(TROUPE_SANITIZE MATCHES "undefined")
    # Headers of CAF bind references to null pointers without using them.
    list(APPEND _flags -fno-sanitize=null -fno-sanitize-recover=all)
  endif()
  target_compile_options(troupe_options INTERFACE ${_flags})
  target_link_options(troupe_options INTERFACE ${_flags})
  unset(_flags)
endif()
