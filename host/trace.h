// A recording of calls, and its file in Chrome's trace event format.
//
// While it records, a call costs an uncontended lock and 40 bytes; plugins, hooks and handlers are named once. Threads
// go to one of 16 shards by their kernel id, so that two of them rarely meet.
#pragma once

#include <tenon/stats.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "host/outlet.h"

namespace tenon::host {

// Which handler was called.
struct TraceName {
    std::string plugin;
    std::string hook;
    std::string handler;
};

struct TracedCall {
    std::uint64_t begin_ns;  // CLOCK_MONOTONIC
    std::uint64_t end_ns;
    const TraceName* name;
    std::int32_t thread;
    std::int32_t status;
    std::uint32_t depth;
};

// What was recorded. Movable.
struct Recording {
    std::deque<TraceName> names;  // that the calls point at
    std::vector<std::vector<TracedCall>> calls;
    std::map<std::int32_t, std::string> threads;  // names of those that have one
    std::uint64_t dropped = 0;                    // calls beyond the limit, or for which there was no memory
};

class Recorder {
public:
    static constexpr std::uint64_t usual_limit = 1'000'000;
    static constexpr std::size_t most_names = 65'536;
    static constexpr std::size_t most_threads = 65'536;

    // Keeps at most `limit` calls (0: the usual limit), those of `most_names` handlers, and the names of `most_threads`
    // threads. Throws std::bad_alloc.
    explicit Recorder(std::uint64_t limit);
    ~Recorder();
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    // A call that has ended. Any thread; on that of the event, for its name to be known. Takes memory in chunks of 512
    // calls; waits for nothing but another record().
    void record(const tenon_call_event& event) noexcept;

    // What was recorded. Once, when nothing is recorded any more. Throws std::bad_alloc.
    Recording take();

private:
    struct Shard;
    static constexpr std::size_t shards = 16;

    void keep(const tenon_call_event& event);
    const TraceName* name_of(Shard& shard, const tenon_call_event& event);
    const TraceName* intern(const tenon_call_event& event);

    const std::uint64_t limit_;
    std::atomic<std::uint64_t> seen_{0};
    std::atomic<std::uint64_t> lost_{0};
    const std::unique_ptr<Shard[]> shards_;

    std::mutex names_lock_;  // taken while a shard's is held
    std::deque<TraceName> names_;
    std::map<std::array<std::string_view, 3>, const TraceName*> known_;
};

// An object with traceEvents: a complete event ("X") for each call, the earliest beginning at 0, and the names of the
// threads. Throws std::bad_alloc, and what the outlet throws.
void write_trace(const Recording& recording, Outlet& outlet);

}  // namespace tenon::host
