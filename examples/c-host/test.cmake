# cmake -DPROGRAM=c-host -DPLUGINS=folder -P test.cmake: the program says what became of each plugin and of the letter.
function(expect what actual wanted)
  if(NOT actual STREQUAL wanted)
    message(FATAL_ERROR "${what}: wanted\n${wanted}\ngot\n${actual}")
  endif()
endfunction()

execute_process(COMMAND "${PROGRAM}" "${PLUGINS}" OUTPUT_VARIABLE output RESULT_VARIABLE status)
expect("status" "${status}" 0)
expect("output" "${output}" "org.example.grumpy is active
org.example.polite is active
org.example.from-the-future is failed: org.example.from-the-future 1.0.0 (${PLUGINS}/from-the-future.so) needs contract \
org.example.greeting ^2.0; the host offers 1.0.0
  Fix: install a plugin built for that version of the contract, or a host that offers the wanted one
org.example.grumpy failed: not before noon
Sent: The parcel is late. With kind regards
")

execute_process(COMMAND "${PROGRAM}" "${PLUGINS}/nowhere" OUTPUT_VARIABLE output ERROR_VARIABLE error RESULT_VARIABLE status)
expect("status without a folder" "${status}" 1)
expect("error without a folder" "${error}" "c-host: ${PLUGINS}/nowhere: cannot be read: No such file or directory
  Fix: Check that the path exists and that this user may read it.
")
