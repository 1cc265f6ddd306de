// HTTP as a library that a host loads when a plugin first asks for it: libcurl, and what that needs, is in no other
// host's process. Both sides are of one build; the mark says whether they are.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sandbox/broker/http.h"

namespace tenon::sandbox::broker {

// An HttpBroker on the other side. Used by any thread.
class HttpService {
public:
    virtual ~HttpService() = default;
    virtual base::Result<Fetched> fetch(const Fetch& request, const Patience& patience) = 0;
};

struct HttpModule {
    const char* mark;  // http_module_mark
    // Names are looked up on this side, with those of the host's other requests.
    std::unique_ptr<HttpService> (*make)(std::vector<NetworkRule> rules, const HttpLimits& limits, LookUp look_up);
};

inline constexpr char http_module_mark[] = "tenon-http " TENON_HTTP_VERSION ", " __VERSION__;
inline constexpr char http_module_file[] = "libtenon-http.so";
inline constexpr char http_module_symbol[] = "tenon_http_module";  // of type HttpModule

// It stays in the process: what it brings does not stand being unloaded.
base::Result<const HttpModule*> load_http_module(const std::string& folder);

}  // namespace tenon::sandbox::broker
