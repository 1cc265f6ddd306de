# For plugin authors; installed with the package.
#
#   tenon_add_contract(TARGET HEADER <include path> MACRO <NAME_CONTRACT> INCLUDE_DIRECTORY <dir>)
#       An interface target that plugins and hosts link for the contract's header, and a small module
#       TARGET.contract.so (.dll) that tools read (tenon inspect).
#
#   tenon_add_plugin(NAME <target> SOURCES <file>... MANIFEST <plugin.toml> [CONTRACTS <target>...] [OUTPUT <folder>])
#       A shared library NAME.so with the manifest in its note and the flags that keep plugins apart (abi.md, rule 27);
#       with mingw-w64, NAME.dll.
# The functions find their files beside this one: a variable would not be seen by whoever has Tenon in a subdirectory.

function(_tenon_isolate target exports)
  target_compile_options(${target} PRIVATE
    $<$<CXX_COMPILER_ID:GNU>:$<$<COMPILE_LANGUAGE:CXX>:-fno-gnu-unique>>)
  if(WIN32) # mingw-w64; names are bound to libraries there, and exported when they say so themselves
    set_target_properties(${target} PROPERTIES PREFIX "" SUFFIX ".dll")
    target_link_options(${target} PRIVATE -Wl,--exclude-all-symbols,--build-id)
    return()
  endif()
  set_target_properties(${target} PROPERTIES PREFIX "" SUFFIX ".so" POSITION_INDEPENDENT_CODE ON
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_link_options(${target} PRIVATE -Wl,-Bsymbolic,-z,now,--build-id,--exclude-libs,ALL
    "-Wl,--version-script,${exports}")
  # What most linkers do by themselves, unless a distribution or a flag of the user's says otherwise.
  target_link_options(${target} PRIVATE -Wl,-z,relro,-z,noexecstack,-z,text)
  # A sanitizer's runtime is in the executable: its symbols are undefined here.
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  set(flags "${CMAKE_C_FLAGS} ${CMAKE_CXX_FLAGS} ${CMAKE_C_FLAGS_${type}} ${CMAKE_CXX_FLAGS_${type}}")
  if(NOT TENON_SANITIZE AND NOT flags MATCHES "-fsanitize=")
    target_link_options(${target} PRIVATE -Wl,-z,defs)
  endif()
endfunction()

function(tenon_add_plugin)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;MANIFEST;OUTPUT" "SOURCES;CONTRACTS")
  foreach(required NAME MANIFEST SOURCES)
    if(NOT arg_${required})
      message(FATAL_ERROR "tenon_add_plugin: ${required} is missing")
    endif()
  endforeach()
  get_filename_component(manifest "${arg_MANIFEST}" ABSOLUTE)
  if(NOT EXISTS "${manifest}")
    message(FATAL_ERROR "tenon_add_plugin(${arg_NAME}): there is no manifest at ${manifest}")
  endif()
  set(header "${CMAKE_CURRENT_BINARY_DIR}/${arg_NAME}.manifest.h")
  add_custom_command(OUTPUT "${header}"
    COMMAND "${CMAKE_COMMAND}" -DMANIFEST=${manifest} -DHEADER=${header} -P "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/TenonEmbed.cmake"
    DEPENDS "${manifest}" "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/TenonEmbed.cmake" VERBATIM COMMENT "Embedding the manifest of ${arg_NAME}")
  add_library(${arg_NAME} MODULE ${arg_SOURCES} "${header}")
  target_link_libraries(${arg_NAME} PRIVATE tenon::api ${arg_CONTRACTS})
  target_compile_features(${arg_NAME} PRIVATE cxx_std_20)
  target_compile_definitions(${arg_NAME} PRIVATE "TENON_MANIFEST_HEADER=\"${header}\"")
  _tenon_isolate(${arg_NAME} "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.exports")
  if(arg_OUTPUT)
    set_target_properties(${arg_NAME} PROPERTIES LIBRARY_OUTPUT_DIRECTORY "${arg_OUTPUT}")
  endif()
endfunction()

function(tenon_add_contract target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "HEADER;MACRO;INCLUDE_DIRECTORY" "")
  foreach(required HEADER MACRO INCLUDE_DIRECTORY)
    if(NOT arg_${required})
      message(FATAL_ERROR "tenon_add_contract(${target}): ${required} is missing")
    endif()
  endforeach()
  get_filename_component(folder "${arg_INCLUDE_DIRECTORY}" ABSOLUTE)
  add_library(${target} INTERFACE)
  target_link_libraries(${target} INTERFACE tenon::api)
  target_include_directories(${target} INTERFACE "$<BUILD_INTERFACE:${folder}>")
  set(source "${CMAKE_CURRENT_BINARY_DIR}/${target}.contract.c")
  file(CONFIGURE OUTPUT "${source}" @ONLY CONTENT
    "#include <tenon/entry.h>\n#include <${arg_HEADER}>\nTENON_CONTRACT_NOTE(${arg_MACRO})\n")
  add_library(${target}.contract MODULE "${source}")
  target_link_libraries(${target}.contract PRIVATE ${target})
  _tenon_isolate(${target}.contract "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.exports")
endfunction()
