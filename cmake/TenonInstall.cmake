# What `cmake --install` puts into a prefix. The prefix may be moved afterwards: nothing in it names a folder outside.
option(TENON_INSTALL "Install Tenon with the project" ${PROJECT_IS_TOP_LEVEL})
if(NOT TENON_INSTALL OR NOT TARGET tenon_shared)
  return()
endif()
include(CMakePackageConfigHelpers)

set(tenon_package "${CMAKE_INSTALL_LIBDIR}/cmake/tenon")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/api/tenon" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")

install(FILES "${PROJECT_SOURCE_DIR}/share/manifest.schema.json" "${PROJECT_SOURCE_DIR}/share/report.schema.json"
  "${PROJECT_SOURCE_DIR}/share/stats.schema.json" "${PROJECT_SOURCE_DIR}/share/reload.schema.json"
  "${PROJECT_SOURCE_DIR}/share/permissions.schema.json" "${PROJECT_SOURCE_DIR}/share/audit.schema.json"
  "${PROJECT_SOURCE_DIR}/share/machine.schema.json"
  DESTINATION "${CMAKE_INSTALL_DATADIR}/tenon")

install(TARGETS tenon_api tenon_shared EXPORT tenonTargets
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}"
  INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
if(TARGET tenon_cli)
  file(RELATIVE_PATH tenon_bin_to_lib "${CMAKE_INSTALL_FULL_BINDIR}" "${CMAKE_INSTALL_FULL_LIBDIR}")
  set_target_properties(tenon_cli PROPERTIES INSTALL_RPATH "$ORIGIN/${tenon_bin_to_lib}")
  install(TARGETS tenon_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
install(TARGETS tenon_worker RUNTIME DESTINATION "${CMAKE_INSTALL_LIBDIR}/tenon") # where host/worker.h looks for it
install(TARGETS tenon_http LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}/tenon") # where host/deputy_network.cc does
if(TARGET tenon_canary) # where host/canary.h looks for it
  set_target_properties(tenon_canary PROPERTIES INSTALL_RPATH "$ORIGIN/..")
  install(TARGETS tenon_canary RUNTIME DESTINATION "${CMAKE_INSTALL_LIBDIR}/tenon")
endif()

install(EXPORT tenonTargets NAMESPACE tenon:: DESTINATION "${tenon_package}")
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/tenonConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/tenonConfig.cmake" INSTALL_DESTINATION "${tenon_package}")
# Major 0: a minor version may break what is built against it.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/tenonConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/tenonConfig.cmake" "${PROJECT_BINARY_DIR}/tenonConfigVersion.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/TenonPlugin.cmake" "${PROJECT_SOURCE_DIR}/cmake/TenonEmbed.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/plugin.exports" DESTINATION "${tenon_package}")

file(RELATIVE_PATH tenon_pc_to_prefix "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" tenon_pc_to_prefix "${tenon_pc_to_prefix}")
configure_file("${PROJECT_SOURCE_DIR}/cmake/tenon.pc.in" "${PROJECT_BINARY_DIR}/tenon.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/tenon.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
