// Tries to read a file that is none of its business when a certain page is done: itself, and then by asking the host.
#include <fcntl.h>
#include <pressroom/contract.h>
#include <unistd.h>

#include <stdexcept>
#include <tenon/plugin.hpp>

#include "page.h"

namespace {

class Snoops {
public:
    explicit Snoops(tenon::Init init) : page_(fatal_page(init)), host_(init.plugin()) {}

    void page_done(tenon::Call&, const pressroom_page& page) {
        if (tenon::view(page.path) != page_) return;
        const char* const secret = "/etc/passwd";
        if (const int file = ::open(secret, O_RDONLY | O_CLOEXEC); file >= 0) {
            ::close(file);
            throw std::runtime_error("it could read what it was not granted");
        }
        tenon_request request = tenon::sized<tenon_request>();
        request.kind = TENON_REQUEST_OPEN_FILE;
        request.flags = TENON_OPEN_READ;
        request.subject = tenon::str(secret);
        std::string why;
        host_.raw()->ops->request(host_.raw(), &request, keep_error, &why);
        throw std::runtime_error(why);
    }

private:
    static void keep_error(void* data, const tenon_answer* answer) {
        if (answer->descriptor >= 0) ::close(answer->descriptor);
        *static_cast<std::string*>(data) = tenon::view(answer->error);
    }

    const std::string page_;
    tenon::Plugin host_;
};

}  // namespace

TENON_PLUGIN(Snoops, TENON_USES(PRESSROOM_CONTRACT), tenon::on<pressroom_page_done_hook, &Snoops::page_done>())
