// Writes to memory that is not there when a certain page is done: to be seen in a worker (docs/workers.md).
#include <pressroom/contract.h>
#include <tenon/plugin.hpp>

#include "page.h"

namespace {

class Crashes {
public:
    explicit Crashes(tenon::Init init) : page_(fatal_page(init)) {}

    void page_done(tenon::Call&, const pressroom_page& page) {
        if (tenon::view(page.path) != page_) return;
        char* volatile nowhere = reinterpret_cast<char*>(0x10);
        *nowhere = 'x';
    }

private:
    const std::string page_;
};

}  // namespace

TENON_PLUGIN(Crashes, TENON_USES(PRESSROOM_CONTRACT), tenon::on<pressroom_page_done_hook, &Crashes::page_done>())
