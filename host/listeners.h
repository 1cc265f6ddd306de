// Who listens to a host's calls.
#pragma once

#include <memory>
#include <mutex>

#include "host/interceptors.h"
#include "host/trace.h"

namespace tenon::host {

class Table;

// Any thread. No lock is held while an interceptor runs.
class Listeners {
public:
    // `patience_ns`: how long to wait for calls that are listened to.
    Listeners(Table& table, std::uint64_t patience_ns) : table_(table), patience_ns_(patience_ns) {}

    std::uint64_t add(const tenon_interceptor& interceptor);
    // When it has returned TENON_OK, none of its functions is running any more. TENON_E_NOT_FOUND; TENON_E_STATE from
    // inside a dispatch; TENON_E_BUSY when a dispatch that began before has not ended in time.
    std::int32_t remove(std::uint64_t id);

    // One trace at a time; TENON_E_STATE otherwise.
    std::int32_t start_trace(std::uint64_t limit);
    std::int32_t stop_trace(tenon_write_fn write, void* data);

private:
    std::uint64_t add_locked(const tenon_interceptor& interceptor);
    void publish();

    Table& table_;
    const std::uint64_t patience_ns_;
    std::mutex lock_;
    std::vector<Interceptors::One> all_;
    std::uint64_t last_id_ = 0;
    std::unique_ptr<Recorder> recorder_;
    std::uint64_t recorder_id_ = 0;
};

}  // namespace tenon::host
