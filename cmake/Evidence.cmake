# One ctest per row of a register, `<label>/<id>`, and one that writes <label>.json with every result. A register is one
# file or several.
#
#   mockoauth_evidence(LABEL requirements-client RUNNER tests/evidence/run.py REGISTER tests/evidence/requirements.yaml ROWS 314)
find_package(Python3 COMPONENTS Interpreter)

function(mockoauth_evidence)
  # A sanitizer watches the tests themselves; the rows would run them again, and name some that search the memory of a
  # process, which are not built there.
  if(NOT BUILD_TESTING OR NOT Python3_FOUND OR MOCKOAUTH_SANITIZE)
    return()
  endif()
  cmake_parse_arguments(ARG "" "LABEL;RUNNER;ROWS" "REGISTER" ${ARGN})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${ARG_REGISTER}")
  list(TRANSFORM ARG_REGISTER PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/" REGEX "^[^/]")
  set(command "${Python3_EXECUTABLE}" "${CMAKE_CURRENT_SOURCE_DIR}/${ARG_RUNNER}" --register ${ARG_REGISTER}
    --programs "$<TARGET_FILE_DIR:oauth_tests>")
  add_test(NAME ${ARG_LABEL}/register COMMAND ${command} --expect ${ARG_ROWS}
    --out "${CMAKE_BINARY_DIR}/${ARG_LABEL}.json")
  set_tests_properties(${ARG_LABEL}/register PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT 900)
  set(lines "")
  foreach(register IN LISTS ARG_REGISTER)
    file(STRINGS "${register}" more REGEX "^(- id|  tests): ")
    list(APPEND lines ${more})
  endforeach()
  set(id "")
  foreach(line IN LISTS lines)
    if(line MATCHES "^- id: (.+)$")
      set(id "${CMAKE_MATCH_1}")
    else()
      string(REGEX REPLACE "^  tests: \"(.+)\"$" "\\1" filters "${line}")
      set(properties LABELS "${ARG_LABEL}" TIMEOUT 240)
      if(filters MATCHES "(codec|cli|keychain)_tests/|ctest/")
        add_test(NAME ${ARG_LABEL}/${id} COMMAND ${command} --only ${id})
      else()
        # Without Python in between, since there are hundreds. GoogleTest is content with a filter that selects nothing.
        string(REPLACE " " ":" filters "${filters}")
        add_test(NAME ${ARG_LABEL}/${id} COMMAND oauth_tests "--gtest_filter=${filters}" --gtest_brief=1)
        list(APPEND properties PASS_REGULAR_EXPRESSION "PASSED  . [1-9]" FAIL_REGULAR_EXPRESSION "FAILED")
      endif()
      set_tests_properties(${ARG_LABEL}/${id} PROPERTIES ${properties})
    endif()
  endforeach()
endfunction()
