#include <dlfcn.h>
#include <fmt/format.h>

#include <cstring>

#include "sandbox/broker/http_module.h"
#include "sandbox/broker/refusal.h"

namespace tenon::sandbox::broker {

namespace {

base::Problem no_http(std::string_view why) {
    return {"broker.no-http", fmt::format("this host cannot fetch anything: {}", why),
            fmt::format("Install {} in tenon/ beside libtenon, of the same version.", http_module_file)};
}

}  // namespace

base::Result<const HttpModule*> load_http_module(const std::string& folder) {
    const std::string path = folder + "/" + http_module_file;
    void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr) return no_http(shown(::dlerror(), 512));
    const auto* const module = static_cast<const HttpModule*>(::dlsym(library, http_module_symbol));
    if (module == nullptr || std::strcmp(module->mark, http_module_mark) != 0)
        return no_http(fmt::format("{} is not of this version", path));
    return module;
}

}  // namespace tenon::sandbox::broker
