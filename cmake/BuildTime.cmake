# A whole build is spent in headers and templates, over and over again. Twelve files of a target are compiled as one, and in
# targets of many files the headers that nearly all of them read are parsed once. The preset `dev` does
# neither, so that a file which forgets an include of its own is found. What this asks of the code: two files of one target
# do not give the same name to different things, not even in an unnamed namespace.
set(mockoauth_common_headers
  <algorithm> <array> <atomic> <charconv> <chrono> <condition_variable> <cstdint> <deque> <filesystem> <functional> <list> <map>
  <memory> <mutex> <optional> <set> <span> <string> <string_view> <system_error> <thread> <unordered_map> <utility> <variant> <vector>)

# Only headers of the system and of libraries: ccache may hand out a precompiled header that was made when our own had
# other modification times, and then GCC includes them a second time, `#pragma once` or not.
#   mockoauth_build_together(mockoauth-server <tl/expected.hpp>...)
function(mockoauth_build_together target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${MOCKOAUTH_UNITY} UNITY_BUILD_BATCH_SIZE 12)
  get_target_property(sources ${target} SOURCES)
  list(LENGTH sources count)
  if(MOCKOAUTH_UNITY AND count LESS 20)
    return()
  endif()
  target_precompile_headers(${target} PRIVATE ${mockoauth_common_headers} ${ARGN})
endfunction()

# For targets whose time goes into libraries, allocations and sockets: half of their build is the optimizer's, and what it
# gains was not to be seen (a token request cost the mock server 48 to 56 µs of CPU with -O1 and 49 to 53 with -O2).
#   mockoauth_optimize_little(mockoauth)
function(mockoauth_optimize_little target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()
