# fixture_plugin(NAME <name> SOURCE <file> CONTRACT <name> HOOKS <name>... [ID <name>] [VERSION <version>] [EXTRA <toml>]):
# a plugin of one source with handlers for hooks of the contract org.tenon.test.CONTRACT. Its id is org.tenon.test.ID,
# of which ID is its name with - for _ unless stated. EXTRA stands before the tables of its manifest.
function(fixture_plugin)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;SOURCE;CONTRACT;ID;VERSION;EXTRA" "HOOKS")
  if(NOT arg_ID)
    set(arg_ID "${arg_NAME}")
  endif()
  string(REPLACE "_" "-" id "${arg_ID}")
  if(NOT arg_VERSION)
    set(arg_VERSION 1.0.0)
  endif()
  set(toml "id = \"org.tenon.test.${id}\"\nname = \"${arg_ID}\"\nversion = \"${arg_VERSION}\"\n${arg_EXTRA}\n")
  string(APPEND toml "[contracts]\n\"org.tenon.test.${arg_CONTRACT}\" = \"^1.0\"\n")
  foreach(hook IN LISTS arg_HOOKS)
    string(APPEND toml "[[hooks]]\ncontract = \"org.tenon.test.${arg_CONTRACT}\"\nname = \"${hook}\"\n")
  endforeach()
  file(CONFIGURE OUTPUT "${arg_NAME}.toml" CONTENT "${toml}" @ONLY)
  tenon_add_plugin(NAME ${arg_NAME} SOURCES ${arg_SOURCE} MANIFEST "${CMAKE_CURRENT_BINARY_DIR}/${arg_NAME}.toml"
    OUTPUT "${CMAKE_CURRENT_BINARY_DIR}")
  target_include_directories(${arg_NAME} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_compile_options(${arg_NAME} PRIVATE ${TENON_WARNINGS})
endfunction()
