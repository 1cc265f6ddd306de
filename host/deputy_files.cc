// Files by glob.
#include <tenon/status.h>

#include "host/deputy.h"
#include "host/deputy_answer.h"

namespace tenon::host {

namespace {

using sandbox::broker::OpenFile;

OpenFile opening_of(const tenon_request& request) {
    OpenFile opening;
    opening.path = view_of(request.subject);
    const bool reads = (request.flags & TENON_OPEN_READ) != 0, writes = (request.flags & TENON_OPEN_WRITE) != 0;
    using Access = OpenFile::Access;
    opening.access = writes ? (reads ? Access::read_write : Access::write) : Access::read;
    opening.create = writes && (request.flags & TENON_OPEN_CREATE) != 0;
    opening.truncate = writes && (request.flags & TENON_OPEN_TRUNCATE) != 0;
    return opening;
}

}  // namespace

std::int32_t Deputy::open_file(const tenon_request& request, const Taker& taker) {
    if (const base::Check often = pay(opens_, 1, "files opened")) return refuse(*often, taker);
    base::Result<base::Fd> file = files_.open(opening_of(request));
    if (!file) return refuse(file.problem(), taker);
    if (taker.take == nullptr) return TENON_OK;
    tenon_answer answer = new_answer();
    answer.descriptor = file.value().release();
    taker(answer);
    return TENON_OK;
}

}  // namespace tenon::host
