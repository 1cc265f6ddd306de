// A host with bench's plugin, in process or in a worker, and what the kernel says of its workers.
#pragma once

#include <sys/types.h>

#include <string>
#include <tenon/host.hpp>
#include <vector>

#include "worker_contract.h"

namespace bench {

enum class Where { in_process, in_worker, confined };  // in a worker, with all layers

// Used by one thread. Throws when the plugin is refused, or is not where it was wanted.
class Workshop {
public:
    explicit Workshop(Where where, const std::string& private_folder = "");
    // A library, or a folder of them. Nanoseconds from the call to the last one's being active.
    double load(const std::string& path);

    tenon::Host host;
};

std::string worker_plugin();  // the library's path

// All processes that this one has started, and those that they have.
std::vector<pid_t> descendants();
// Every thread of each of them, and so those that they will have, on a processor.
void bind_all(const std::vector<pid_t>& processes, int processor);

// Lets the calling thread run on any processor again.
void unbind();

struct Memory {
    double pss_kib = 0, private_kib = 0;
};
Memory memory_of(pid_t process);  // zeros when the kernel does not tell us
double cpu_us(pid_t process);     // used since it began; 0: when it is gone

}  // namespace bench
