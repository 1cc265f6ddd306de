// Whether a library file is complete, asked of the kernel instead of guessed from how long it was quiet.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace tenon::loader {

enum class Stable {
    yes,            // nobody has the file open for writing, or mapped so that it can be written
    being_written,  // somebody has
    missing,        // there is no descriptor
    unknown,        // the file is another user's, or its file system knows no leases
};

// Probes with a read lease, which the kernel refuses while there is a writer, and gives it back at once. `file` is open
// for reading only, and by nobody else: the owner and signal of its events (F_SETOWN_EX, F_SETSIG) are set. A writer
// that opens the file between the two steps waits for the second, or, if it opened with O_NONBLOCK, is told to try
// again; the calling thread is sent SIGURG, which is ignored unless the application handles it. Any thread.
Stable stability(const base::Fd& file) noexcept;

// Waits while the file at `path`, or what takes its place meanwhile, is being written; not at all if it is complete.
// Where nobody knows, it is taken for complete when size and time of change were the same for 20 ms. A file that is
// shorter than the header of a library counts as being written. `cancelled` is asked before each pause of at most
// 20 ms, may be null, and ends the wait by returning true. Any thread.
// Problems: "reload.being-written" (when the time is over), "reload.missing" (for 20 ms: some linkers delete the old
// file before they make the new one), "reload.cancelled", and those of base::open_regular.
base::Check wait_until_stable(const std::string& path, std::uint64_t timeout_ns,
                              const std::function<bool()>& cancelled);

}  // namespace tenon::loader
