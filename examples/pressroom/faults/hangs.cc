// Never comes back when a certain page is done: to be seen in a worker (docs/workers.md).
#include <pressroom/contract.h>
#include <tenon/plugin.hpp>

#include <chrono>
#include <thread>

#include "page.h"

namespace {

class Hangs {
public:
    explicit Hangs(tenon::Init init) : page_(fatal_page(init)) {}

    void page_done(tenon::Call&, const pressroom_page& page) {
        while (tenon::view(page.path) == page_) std::this_thread::sleep_for(std::chrono::hours(1));
    }

private:
    const std::string page_;
};

}  // namespace

TENON_PLUGIN(Hangs, TENON_USES(PRESSROOM_CONTRACT), tenon::on<pressroom_page_done_hook, &Hangs::page_done>())
