// The C functions of stats.h for who listens to calls: interceptors, and the trace.
#include "host/barrier.h"
#include "host/host.h"
#include "host/listeners.h"

using namespace tenon;
using namespace tenon::host;

std::int32_t tenon_host_add_interceptor(tenon_host* host, const tenon_interceptor* interceptor, std::uint64_t* out_id) {
    if (host == nullptr || interceptor == nullptr || out_id == nullptr) return TENON_E_INVALID;
    if (interceptor->struct_size < sizeof(tenon_interceptor)) return TENON_E_INVALID;
    return barrier([&]() -> std::int32_t {
        *out_id = host->listeners().add(*interceptor);
        return TENON_OK;
    });
}

std::int32_t tenon_host_remove_interceptor(tenon_host* host, std::uint64_t id) {
    if (host == nullptr) return TENON_E_INVALID;
    return barrier([&] { return host->listeners().remove(id); });
}

std::int32_t tenon_host_trace_start(tenon_host* host, std::uint64_t limit) {
    if (host == nullptr) return TENON_E_INVALID;
    return barrier([&] { return host->listeners().start_trace(limit); });
}

std::int32_t tenon_host_trace_stop(tenon_host* host, tenon_write_fn write, void* data) {
    if (host == nullptr || write == nullptr) return TENON_E_INVALID;
    return barrier([&] { return host->listeners().stop_trace(write, data); });
}
