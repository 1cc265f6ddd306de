// expects: TENON_PLUGIN takes tenon::on<...>\(\) and tenon::serve<...>\(\)
#include <tenon/plugin.hpp>

#include "press.h"

class Shout {
public:
    bool before_render(tenon::Call&, press_page&) { return true; }
};
#ifdef FAULT
TENON_PLUGIN(Shout, TENON_USES(PRESS_CONTRACT), 7)
#else
TENON_PLUGIN(Shout, TENON_USES(PRESS_CONTRACT), tenon::on<press_before_render_hook, &Shout::before_render>())
#endif
