// expects: a handler returns void, bool or int32_t
#include <tenon/plugin.hpp>

#include "press.h"

class Shout {
public:
#ifdef FAULT
    const char* before_render(tenon::Call&, press_page&) { return "yes"; }
#else
    bool before_render(tenon::Call&, press_page&) { return true; }
#endif
};
TENON_PLUGIN(Shout, TENON_USES(PRESS_CONTRACT), tenon::on<press_before_render_hook, &Shout::before_render>())
