// A lane whose two ends are in one process, each with mappings of its own.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "sandbox/lane.h"
#include "tests/support/catch.h"

namespace tenon::sandbox::fixtures {

constexpr std::uint32_t room = 4096;
constexpr std::uint64_t ms = 1'000'000;

inline base::Fd another(int fd) {
    base::Fd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
    REQUIRE(copy);
    return copy;
}

inline Region made(Writer writer) {
    return Region::make(outbox_size(room), writer).take();
}

// The same memory as the worker maps it.
inline Region seen_by_worker(const Region& region, Writer writer) {
    return Region::map(another(region.fd()), outbox_size(room), writer).take();
}

inline Outbox& outbox_in(const Region& region) {
    return *reinterpret_cast<Outbox*>(region.writable().data());
}

struct Lane {
    explicit Lane(const HostSide& host_side = {})
        : host(LaneEnd::of_host(made(Writer::host), made(Writer::worker), host_side)) {}

    LaneEnd worker() const {
        return LaneEnd::of_worker(seen_by_worker(host.their_region(), Writer::worker),
                                  seen_by_worker(host.my_region(), Writer::host));
    }
    // The memory of a worker that keeps to no rules.
    Region hostile() const { return seen_by_worker(host.their_region(), Writer::worker); }

    LaneEnd host;
};

inline void say(LaneEnd& end, std::string_view text) {
    std::memcpy(end.frame().data(), text.data(), text.size());
    end.post(static_cast<std::uint32_t>(text.size()));
}

inline std::string heard(const LaneEnd& end) {
    const auto bytes = end.heard();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// What a worker does in most tests: says again what it hears, until it hears nothing.
inline void echo(LaneEnd& worker) {
    while (worker.wait(for_ever) == Heard::frame && !worker.heard().empty()) {
        const auto bytes = worker.heard();
        std::memcpy(worker.frame().data(), bytes.data(), bytes.size());
        worker.post(static_cast<std::uint32_t>(bytes.size()));
    }
}

// Ends echo().
inline void hang_up(LaneEnd& host) {
    host.post(0);
}

inline std::uint64_t in(std::uint64_t ns) {
    return base::monotonic_ns() + ns;
}

}  // namespace tenon::sandbox::fixtures
