// expects: discards qualifiers|drops 'const' qualifier|no matching (function|member function)
#include <tenon/plugin.hpp>

#include "press.h"

class Shout {
public:
#ifdef FAULT
    void page_done(tenon::Call&, press_page& page) { page.number = 1; }
#else
    void page_done(tenon::Call&, const press_page&) {}
#endif
};
TENON_PLUGIN(Shout, TENON_USES(PRESS_CONTRACT), tenon::on<press_page_done_hook, &Shout::page_done>())
