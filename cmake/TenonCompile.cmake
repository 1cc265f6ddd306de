# tenon_internal(TARGET): how the project's own code is compiled. Users of the package never see these flags.
find_program(TENON_CCACHE ccache)
if(TENON_CCACHE AND PROJECT_IS_TOP_LEVEL)
  set(CMAKE_C_COMPILER_LAUNCHER "${TENON_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${TENON_CCACHE}")
endif()
if(PROJECT_IS_TOP_LEVEL AND TENON_SANITIZE)
  # Whole program: a sanitizer that only part of it knows reports what is not there.
  add_compile_options(-fsanitize=${TENON_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TENON_SANITIZE})
  if(TENON_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # Programs in C have the runtime for the plugins in C++ that they load.
    set(program_in_c $<AND:$<LINK_LANGUAGE:C>,$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>>)
    add_link_options($<${program_in_c}:-fsanitize-link-c++-runtime> $<${program_in_c}:-lstdc++>)
    unset(program_in_c)
  endif()
endif()
if(PROJECT_IS_TOP_LEVEL AND TENON_COVERAGE)
  add_compile_options(--coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()

set(tenon_no_false_alarms)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  set(tenon_no_false_alarms $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>) # GCC bug 105329: in std::string
endif()
if(PROJECT_IS_TOP_LEVEL) # plugins and examples, too
  add_compile_options(${tenon_no_false_alarms})
  set(tenon_no_false_alarms)
endif()

set(TENON_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(CMAKE_UNITY_BUILD) # names of two sources meet there that never do
  list(APPEND TENON_WARNINGS -Wno-shadow)
endif()
if(TENON_WERROR)
  list(APPEND TENON_WARNINGS -Werror)
endif()

function(tenon_internal target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_options(${target} PRIVATE ${tenon_no_false_alarms} ${TENON_WARNINGS})
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}")
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF C_STANDARD 11 C_EXTENSIONS OFF
    POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden C_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
endfunction()
