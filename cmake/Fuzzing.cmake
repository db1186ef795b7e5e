# libFuzzer drivers (preset `fuzz`, clang): every fuzz/<name>_fuzz.cpp of a folder is a program fuzz_<name>, built with
# AddressSanitizer and UndefinedBehaviorSanitizer. Everything it links is instrumented as well (Options.cmake): the
# coverage of the parsers themselves is what steers the fuzzer. ci/fuzz runs them all.
#
#   mockoauth_fuzz_drivers(LIBRARIES mimir::codec)
function(mockoauth_fuzz_drivers)
  if(NOT MOCKOAUTH_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "LIBRARIES" ${ARGN})
  file(GLOB drivers CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/fuzz/*_fuzz.cpp")
  foreach(source IN LISTS drivers)
    get_filename_component(name "${source}" NAME_WE)
    string(REGEX REPLACE "_fuzz$" "" name "${name}")
    add_executable(fuzz_${name} "${source}")
    target_include_directories(fuzz_${name} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}/src")
    target_link_libraries(fuzz_${name} PRIVATE ${ARG_LIBRARIES} mockoauth_options)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    set_property(GLOBAL APPEND PROPERTY MOCKOAUTH_FUZZ_DRIVERS fuzz_${name})
  endforeach()
endfunction()

# Called once, after every folder: `cmake --build build/fuzz --target fuzz_drivers`.
function(mockoauth_fuzz_target)
  get_property(drivers GLOBAL PROPERTY MOCKOAUTH_FUZZ_DRIVERS)
  if(drivers)
    add_custom_target(fuzz_drivers DEPENDS ${drivers})
  endif()
endfunction()
