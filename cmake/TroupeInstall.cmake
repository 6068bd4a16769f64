# SPDX-License-Identifier: BSL-1.0

# Installs the package that `find_package(troupe)` finds. The layers install
# themselves, see TroupeLayer.cmake.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(_package ${CMAKE_INSTALL_LIBDIR}/cmake/troupe)
install(EXPORT troupe-targets NAMESPACE troupe:: DESTINATION ${_package})
configure_package_config_file(
  cmake/troupe-config.cmake.in ${PROJECT_BINARY_DIR}/troupe-config.cmake
  INSTALL_DESTINATION ${_package})
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/troupe-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/troupe-config.cmake
              ${PROJECT_BINARY_DIR}/troupe-config-version.cmake
              cmake/FindCAF.cmake
        DESTINATION ${_package})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
unset(_package)
