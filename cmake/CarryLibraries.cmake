# Links the archives of libraries into a program, in place of their shared objects (docs/decisions/0009).
option(MOCKOAUTH_CARRY_LIBRARIES "Link libraries into mockoauth where their archives are installed (Release builds)" ON)

# The archive beside the shared object of an imported target; empty where there is none.
function(mockoauth_archive_of result library)
  set(${result} "" PARENT_SCOPE)
  set(shared "${library}")
  if(TARGET ${library})
    get_target_property(configurations ${library} IMPORTED_CONFIGURATIONS)
    get_target_property(shared ${library} IMPORTED_LOCATION)
    foreach(configuration IN LISTS configurations)
      if(NOT shared)
        get_target_property(shared ${library} IMPORTED_LOCATION_${configuration})
      endif()
    endforeach()
  endif()
  string(REGEX REPLACE "\\.(so[.0-9]*|a)$" ".a" archive "${shared}")
  if(archive MATCHES "\\.a$" AND EXISTS "${archive}")
    set(${result} "${archive}" PARENT_SCOPE)
  endif()
endfunction()

# All or none: with a copy of the C++ library of its own, the program must not load one that uses another.
#   mockoauth_carry_libraries(mockoauth OpenSSL::SSL yaml-cpp...)
function(mockoauth_carry_libraries target)
  if(NOT MOCKOAUTH_CARRY_LIBRARIES OR MOCKOAUTH_SANITIZE OR MOCKOAUTH_FUZZ OR NOT CMAKE_BUILD_TYPE STREQUAL "Release"
     OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    return()
  endif()
  foreach(library IN LISTS ARGN)
    mockoauth_archive_of(archive "${library}")
    if(NOT archive)
      message(STATUS "${target} loads its libraries: there is no archive of ${library}")
      return()
    endif()
    list(APPEND archives "${archive}")
  endforeach()
  # glibc's allocator makes the two workers wait for each other, and keeps too little at hand for a signature's big numbers.
  find_library(MOCKOAUTH_JEMALLOC NAMES libjemalloc_pic.a)
  if(MOCKOAUTH_JEMALLOC)
    list(APPEND archives "${MOCKOAUTH_JEMALLOC}")
  endif()
  # Named whole and first, they define what the shared objects behind them are named for, so that --as-needed drops
  # those; --gc-sections drops what nobody calls.
  list(TRANSFORM archives PREPEND "LINKER:")
  target_link_options(${target} BEFORE PRIVATE -static-libstdc++ -static-libgcc LINKER:--gc-sections
    LINKER:--whole-archive ${archives} LINKER:--no-whole-archive)
  set_target_properties(${target} PROPERTIES MOCKOAUTH_CARRIES_LIBRARIES ON)
endfunction()
