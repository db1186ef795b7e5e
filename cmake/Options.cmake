# One interface target carries the language level, the warnings and the sanitizers for every target of the project.
add_library(mockoauth_options INTERFACE)
target_compile_features(mockoauth_options INTERFACE cxx_std_20)
target_compile_options(mockoauth_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
  -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 sees overlaps in `"text" + string` that are not there (GCC bug 105651), and reads of a variant's idle members.
  target_compile_options(mockoauth_options INTERFACE -Wno-restrict -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
endif()
if(MOCKOAUTH_WERROR)
  target_compile_options(mockoauth_options INTERFACE -Werror)
endif()
# Debian links every library named; what a program never calls must not cost it start-up time.
target_link_options(mockoauth_options INTERFACE -Wl,--as-needed)

if(MOCKOAUTH_SANITIZE STREQUAL "address+undefined")
  set(_sanitize -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
elseif(MOCKOAUTH_SANITIZE STREQUAL "thread")
  set(_sanitize -fsanitize=thread -fno-omit-frame-pointer)
  # ThreadSanitizer does not know fences, so GCC warns of Asio's. Asio locks besides them.
  target_compile_definitions(mockoauth_options INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
elseif(MOCKOAUTH_SANITIZE)
  message(FATAL_ERROR "MOCKOAUTH_SANITIZE is '${MOCKOAUTH_SANITIZE}'; known: address+undefined, thread")
endif()
if(MOCKOAUTH_FUZZ)
  # RapidJSON adds to a null pointer while its stack is empty (internal/stack.h), which Clang, unlike GCC, reports.
  set(_sanitize -fsanitize=address,undefined -fno-sanitize=pointer-overflow -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_compile_options(mockoauth_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(_sanitize)
  target_compile_options(mockoauth_options INTERFACE ${_sanitize})
  target_link_options(mockoauth_options INTERFACE ${_sanitize})
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(MOCKOAUTH_CCACHE ccache)
if(MOCKOAUTH_CCACHE)
  # Without these words ccache passes every file with a precompiled header by.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${MOCKOAUTH_CCACHE}")
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()
