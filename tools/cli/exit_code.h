// How the program ends; the same for all commands.
#pragma once

namespace tenon::cli {

enum ExitCode : int {
    exit_fine = 0,
    exit_refused = 1,     // something was refused or failed; the output says what
    exit_usage = 2,       // the command line is wrong
    exit_unreadable = 3,  // a file or folder cannot be read
};

}  // namespace tenon::cli
