// expects: press_box.*press_page|press_page.*press_box
#include <tenon/plugin.hpp>

#include "press.h"

class Shout {
public:
#ifdef FAULT
    bool before_render(tenon::Call&, press_box&) { return true; }
#else
    bool before_render(tenon::Call&, press_page&) { return true; }
#endif
};
TENON_PLUGIN(Shout, TENON_USES(PRESS_CONTRACT), tenon::on<press_before_render_hook, &Shout::before_render>())
