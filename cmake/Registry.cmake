# A folder of features becomes a list: one .cpp per feature, each defining `void register_<file name>(<Registry>&)`.
# Adding or removing a file needs only a rebuild. No static initialisers: those are dropped from static libraries.
# Each is compiled alone, so that a change in one is soon built; those of a folder that is TOGETHER are compiled in batches
# (BuildTime.cmake), for which their helpers need names that no other file of the target gives to something else.
#
#   mockoauth_registry(TARGET mockoauth-server FOLDER endpoints NAMESPACE mockoauth::server
#                      REGISTRY Endpoints HEADER "protocol/endpoint.hpp" FUNCTION register_all_endpoints [TOGETHER])
function(mockoauth_registry)
  cmake_parse_arguments(ARG "TOGETHER" "TARGET;FOLDER;NAMESPACE;REGISTRY;HEADER;FUNCTION" "" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${ARG_FOLDER}/*.cpp")
  list(SORT sources)
  set(declarations "")
  set(calls "")
  foreach(source IN LISTS sources)
    get_filename_component(name "${source}" NAME_WE)
    string(APPEND declarations "void register_${name}(${ARG_REGISTRY}&);\n")
    string(APPEND calls "  register_${name}(registry);\n")
  endforeach()
  set(generated "${CMAKE_CURRENT_BINARY_DIR}/${ARG_FUNCTION}.cpp")
  file(CONFIGURE OUTPUT "${generated}" @ONLY CONTENT
"// Generated from the files in ${ARG_FOLDER}/. Do not edit.
#include \"${ARG_HEADER}\"

namespace ${ARG_NAMESPACE} {
${declarations}
void ${ARG_FUNCTION}(${ARG_REGISTRY}& registry) {
${calls}}
}  // namespace ${ARG_NAMESPACE}
")
  if(NOT ARG_TOGETHER)
    set_source_files_properties(${sources} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
  target_sources(${ARG_TARGET} PRIVATE ${sources} "${generated}")
endfunction()
