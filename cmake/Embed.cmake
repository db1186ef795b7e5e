# Data files compiled into a program, so that it runs from anywhere without its source tree.
#
#   mockoauth_embed(TARGET mockoauth-providers NAMESPACE mockoauth::fixtures FUNCTION embedded_providers
#                   BASE ${CMAKE_CURRENT_SOURCE_DIR} GLOB "providers/*.yaml")
#
# defines a static library TARGET with `std::span<const EmbeddedFile> FUNCTION()` declared in <mockoauth/embedded/TARGET.hpp>.
function(mockoauth_embed)
  cmake_parse_arguments(ARG "" "TARGET;NAMESPACE;FUNCTION;BASE" "GLOB" ${ARGN})
  set(patterns "")
  foreach(pattern IN LISTS ARG_GLOB)
    list(APPEND patterns "${ARG_BASE}/${pattern}")
  endforeach()
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${patterns})
  if(NOT files)
    message(FATAL_ERROR "nothing to embed for ${ARG_TARGET}")
  endif()
  list(SORT files)
  set(include_dir "${CMAKE_CURRENT_BINARY_DIR}/embedded")
  set(header "${include_dir}/mockoauth/embedded/${ARG_TARGET}.hpp")
  set(source "${CMAKE_CURRENT_BINARY_DIR}/${ARG_TARGET}.cpp")
  file(CONFIGURE OUTPUT "${header}" @ONLY CONTENT
"// Generated. Do not edit.
#pragma once
#include <mockoauth/embedded_file.hpp>
#include <span>
namespace ${ARG_NAMESPACE} {
/// The files of this folder, sorted by path. Static storage; safe from any thread.
std::span<const mockoauth::EmbeddedFile> ${ARG_FUNCTION}();
}
")
  string(REPLACE ";" "\n" manifest "${files}")
  set(list_file "${CMAKE_CURRENT_BINARY_DIR}/${ARG_TARGET}.files")
  file(CONFIGURE OUTPUT "${list_file}" CONTENT "${manifest}\n" @ONLY)
  add_custom_command(OUTPUT "${source}"
    COMMAND ${CMAKE_COMMAND} -DLIST=${list_file} -DBASE=${ARG_BASE} -DOUTPUT=${source}
      -DHEADER=mockoauth/embedded/${ARG_TARGET}.hpp -DNAMESPACE=${ARG_NAMESPACE} -DFUNCTION=${ARG_FUNCTION}
      -P "${PROJECT_SOURCE_DIR}/cmake/EmbedFiles.cmake"
    DEPENDS ${files} "${list_file}" "${PROJECT_SOURCE_DIR}/cmake/EmbedFiles.cmake"
    COMMENT "Embedding ${ARG_TARGET}" VERBATIM)
  add_library(${ARG_TARGET} STATIC "${source}")
  # What is embedded is used by libraries that are installed, and never by who uses those.
  target_include_directories(${ARG_TARGET} PUBLIC "$<BUILD_INTERFACE:${include_dir}>"
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/fixtures/include>")
  target_link_libraries(${ARG_TARGET} PRIVATE $<BUILD_INTERFACE:mockoauth_options>)
endfunction()
