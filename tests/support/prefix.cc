// Stands for the tests whose headers are read once (tests/CMakeLists.txt).
#include "tests/support/catch.h"
