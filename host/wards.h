// The wards of a host, for those that ask about workers on any thread.
#pragma once

#include <algorithm>
#include <mutex>
#include <vector>

namespace tenon::host {

class Ward;

// Any thread. A ward is in it from its beginning to its end.
class Wards {
public:
    void add(Ward& ward) {
        const std::lock_guard guard(lock_);
        all_.push_back(&ward);
    }
    void remove(Ward& ward) noexcept {
        const std::lock_guard guard(lock_);
        std::erase(all_, &ward);
    }
    // In the order in which they came to be. None goes meanwhile.
    template <class Visit>
    void each(Visit&& visit) {
        const std::lock_guard guard(lock_);
        for (Ward* ward : all_) visit(*ward);
    }

private:
    std::mutex lock_;
    std::vector<Ward*> all_;
};

}  // namespace tenon::host
