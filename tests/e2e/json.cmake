# cmake -DFILE=<file> -DWHAT=<GET|LENGTH|TYPE> "-DKEYS=<key>;..." -P json.cmake: prints a value of a JSON file to standard
# error. Booleans are printed as ON and OFF, null as nothing.
file(READ "${FILE}" text)
string(JSON value ${WHAT} "${text}" ${KEYS})
message(NOTICE "${value}")
