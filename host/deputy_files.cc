// Files by glob: what is in them, and what they are like.
#include <tenon/status.h>

#include "host/deputy.h"
#include "host/deputy_answer.h"

namespace tenon::host {

namespace {

using sandbox::broker::FileFacts;
using sandbox::broker::OpenFile;

constexpr std::string_view file_uses = "files opened or looked at";

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

std::string_view word_of(FileFacts::Kind kind) {
    if (kind == FileFacts::Kind::file) return "file";
    return kind == FileFacts::Kind::folder ? "folder" : "other";
}

}  // namespace

std::int32_t Deputy::open_file(const tenon_request& request, const Taker& taker) {
    if (const base::Check often = pay(opens_, 1, file_uses)) return refuse(*often, taker);
    base::Result<base::Fd> file = files_.open(opening_of(request));
    if (!file) return refuse(file.problem(), taker);
    if (taker.take == nullptr) return TENON_OK;
    tenon_answer answer = new_answer();
    answer.descriptor = file.value().release();
    taker(answer);
    return TENON_OK;
}

std::int32_t Deputy::stat_file(const tenon_request& request, const Taker& taker) {
    if (const base::Check often = pay(opens_, 1, file_uses)) return refuse(*often, taker);
    const base::Result<FileFacts> found = files_.stat({text_of(request.subject)});
    if (!found) return refuse(found.problem(), taker);
    const FileFacts& facts = found.value();
    const NamedTexts words{{"type", std::string(word_of(facts.kind))},
                           {"size", std::to_string(facts.size)},
                           {"modified", std::to_string(facts.modified_ns)},
                           {"writable", facts.writable ? "true" : "false"}};
    const std::vector<tenon_named> named = borrow(words);
    tenon_answer answer = new_answer();
    answer.named = span_of(named);
    taker(answer);
    return TENON_OK;
}

}  // namespace tenon::host
