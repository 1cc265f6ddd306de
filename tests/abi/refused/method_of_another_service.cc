// expects: a method of another service
#include <tenon/plugin.hpp>

#include "press.h"

class Shout {
public:
    void measure(tenon::Call&, const press_page&, press_box&) {}
};
#ifdef FAULT
using Served = press_count_service;
#else
using Served = press_width_service;
#endif
TENON_PLUGIN(Shout, TENON_USES(PRESS_CONTRACT),
             tenon::serve<Served, tenon::method<press_width_measure_method, &Shout::measure>>())
