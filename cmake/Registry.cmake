# A folder of features becomes a list: one .cpp per feature, each defining `void register_<file name>(<Registry>&)`.
# Adding or removing a file needs only a rebuild. No static initialisers: those are dropped from static libraries.
# Features are alike and have helpers of the same names, so each is compiled alone; those of a folder that is TOGETHER are not.
#
#   mockoauth_registry(TARGET mockoauth-server FOLDER endpoints NAMESPACE mockoauth::server
#                      REGISTRY Endpoints HEADER "endpoints/endpoint.hpp" FUNCTION register_all_endpoints)
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
