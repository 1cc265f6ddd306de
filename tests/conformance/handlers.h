// What the application itself does in hooks and services.
#pragma once

#include <mutex>

#include "tests/conformance/application.h"

namespace tenon::conformance {

// A service that the application provides: the reply is made of what the request shows.
struct Desk {
    Application* application;
    const loader::Contract* contract;
    const loader::Service* service;
    std::mutex lock;
    Values values;  // replies, kept
    Desk(Application* owner, const loader::Contract* in, const loader::Service* described)
        : application(owner), contract(in), service(described), values(owner->given) {}
};

// The functions of a service's methods, by number.
inline constexpr std::size_t most_methods = 8;
const tenon_handler_fn* desk_methods();

// Handlers; `self` is a Point. The first one runs before all plugins, the last one after them.
std::int32_t first_handler(void* self, tenon_call* call, const void* request, void* reply);
std::int32_t last_handler(void* self, tenon_call* call, const void* request, void* reply);
// Inside all handlers of an AROUND hook.
std::int32_t around_body(void* self, tenon_call* call, const void* request, void* reply);

// The hook that this thread's outermost dispatch is of.
const Point*& outermost() noexcept;

// A hook's reply as it comes back from a dispatch.
std::string show_reply(const Point& point, const void* reply);
// A reply to hand over to a dispatch.
void* make_reply(const Point& point, Values& values, const Recipe& recipe, tenon_collection& collection);

}  // namespace tenon::conformance
