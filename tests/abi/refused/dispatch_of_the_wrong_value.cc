// expects: no match(ing function)? for call to|no matching function for call to object
#include <tenon/host.hpp>

#include "press.h"

std::int32_t done(tenon::Hook<press_page_done_hook> hook, tenon::Scope& scope);
std::int32_t done(tenon::Hook<press_page_done_hook> hook, tenon::Scope& scope) {
#ifdef FAULT
    const auto value = tenon::sized<press_box>();
#else
    const auto value = tenon::sized<press_page>();
#endif
    return hook(scope, value);
}
