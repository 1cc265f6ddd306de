// The C function of provide.h.
#include <fmt/format.h>

#include "host/api_call.h"
#include "host/providers.h"

using namespace tenon;
using namespace tenon::host;

std::int32_t tenon_host_set_provider(tenon_host* host, std::uint32_t kind, tenon_provider_fn fn, void* data,
                                     tenon_error* error) {
    return guarded_call(error, [&]() -> std::int32_t {
        if (host == nullptr) return invalid(error, "the host is NULL");
        if (!Providers::is_kind(kind))
            return invalid(error, fmt::format("requests of kind {} are not the application's", kind).c_str());
        if (base::Check problem = host->providers().set(kind, fn, data)) return say(error, TENON_E_STATE, *problem);
        return TENON_OK;
    });
}
