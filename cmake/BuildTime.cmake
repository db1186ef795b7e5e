# Headers that nearly every file of a target reads are parsed once a target, which takes a whole build down by half.
# The preset `dev` builds without them, so that a file which forgets an include of its own is found.
set(mockoauth_common_headers
  <algorithm> <chrono> <cstdint> <functional> <map> <memory> <mutex> <optional> <string> <string_view> <utility> <vector>)

#   mockoauth_precompile(mockoauth-server <mimir/codec/json.hpp>...)
function(mockoauth_precompile target)
  target_precompile_headers(${target} PRIVATE ${mockoauth_common_headers} ${ARGN})
endfunction()

# For targets where nothing is computed: command lines and files read once. Half of their build is the optimizer's.
#   mockoauth_optimize_little(mockoauth)
function(mockoauth_optimize_little target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()
