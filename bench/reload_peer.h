// What a user would write otherwise: dlclose and dlopen behind a std::shared_mutex.
#pragma once

#include <tenon/entry.h>
#include <cstdint>
#include <shared_mutex>
#include <string>

#include "event.h"

namespace bench {

// Any number of threads call; one reloads.
class LockedLibrary {
public:
    explicit LockedLibrary(const std::string& file) { reload(file); }
    ~LockedLibrary();
    LockedLibrary(const LockedLibrary&) = delete;
    LockedLibrary& operator=(const LockedLibrary&) = delete;

    std::uint64_t call() {
        const std::shared_lock guard(lock_);
        bench_event event = {0}, answer = {0};
        function_(nullptr, nullptr, &event, &answer);
        return answer.number;
    }
    // Copies the file, because the same path would give the old image again, and opens the copy while callers wait.
    void reload(const std::string& file);

private:
    std::shared_mutex lock_;
    std::string copy_;
    void* library_ = nullptr;
    tenon_handler_fn function_ = nullptr;
    int generation_ = 0;
};

}  // namespace bench
