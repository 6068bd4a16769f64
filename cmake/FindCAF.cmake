# SPDX-License-Identifier: BSL-1.0

#[[
Finds the C++ Actor Framework (CAF) 0.17, which comes without a CMake package.

Defines the target `CAF::core`, and sets `CAF_FOUND` and `CAF_VERSION`. The
target turns CAF's type-id checks on: a message type without an id fails to
compile with a clear message. Set `CAF_ROOT` to search in a prefix of your own.
]]

include(CMakeFindDependencyMacro)
include(FindPackageHandleStandardArgs)
find_dependency(Threads)

find_path(CAF_INCLUDE_DIR NAMES caf/config.hpp)
find_library(CAF_CORE_LIBRARY NAMES caf_core)
mark_as_advanced(CAF_INCLUDE_DIR CAF_CORE_LIBRARY)

# CAF_VERSION is major * 10000 + minor * 100 + patch.
unset(CAF_VERSION)
if(CAF_INCLUDE_DIR)
  file(STRINGS "${CAF_INCLUDE_DIR}/caf/config.hpp" _caf_line
       REGEX "^#define CAF_VERSION [0-9]+")
  if(_caf_line MATCHES "([0-9]+)$")
    math(EXPR _caf_major "${CMAKE_MATCH_1} / 10000")
    math(EXPR _caf_minor "${CMAKE_MATCH_1} / 100 % 100")
    math(EXPR _caf_patch "${CMAKE_MATCH_1} % 100")
    set(CAF_VERSION "${_caf_major}.${_caf_minor}.${_caf_patch}")
  endif()
endif()

set(_caf_hint "install libcaf-dev (scripts/setup does it) or set CAF_ROOT")
if(CAF_INCLUDE_DIR AND NOT CAF_VERSION MATCHES "^0\\.17\\.")
  set(_caf_hint
      "found CAF '${CAF_VERSION}' in ${CAF_INCLUDE_DIR}, but Troupe needs CAF \
0.17: the API of other versions differs")
  unset(CAF_VERSION)
endif()

find_package_handle_standard_args(
  CAF
  REQUIRED_VARS CAF_CORE_LIBRARY CAF_INCLUDE_DIR CAF_VERSION
  VERSION_VAR CAF_VERSION
  REASON_FAILURE_MESSAGE "${_caf_hint}")

if(CAF_FOUND AND NOT TARGET CAF::core)
  add_library(CAF::core UNKNOWN IMPORTED)
  set_target_properties(
    CAF::core
    PROPERTIES IMPORTED_LOCATION "${CAF_CORE_LIBRARY}"
               INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}"
               INTERFACE_COMPILE_DEFINITIONS CAF_ENABLE_TYPE_ID_CHECKS
               INTERFACE_LINK_LIBRARIES Threads::Threads)
endif()
