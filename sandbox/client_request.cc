// What a confined plugin asks of the broker, asked of the host in the plugin's place.
#include <tenon/plugin.h>

#include <algorithm>

#include "base/clock.h"
#include "base/fd.h"
#include "sandbox/request_packing.h"
#include "sandbox/talk.h"

namespace tenon::sandbox {

namespace {

// The answer, kept beyond tenon_take_fn.
struct Kept {
    std::string described;  // number, names, error
    std::string output;
    base::Fd file;
};

void keep(void* data, const tenon_answer* answer) {
    Kept& kept = *static_cast<Kept*>(data);
    kept.file = base::Fd(answer->descriptor);
    Packer out;
    out.u32(static_cast<std::uint32_t>(answer->number));
    pack_named(out, answer->named);
    out.text(view_of(answer->error));
    kept.described = out.bytes();
    if (answer->output.size != 0)
        kept.output.assign(static_cast<const char*>(answer->output.data), answer->output.size);
}

}  // namespace

bool Talk::serve_request(tenon_plugin* plugin, const Letter& letter) {
    const std::string packed(letter.text(0).substr(0, most_bytes));
    const std::string input(letter.text(1).substr(0, most_bytes));
    Unpacker in(packed);
    tenon_request request{};
    request.struct_size = sizeof request;
    request.kind = in.u32();
    request.flags = in.u32();
    request.subject = borrow(in.text());
    request.detail = borrow(in.text());
    const std::vector<tenon_named> named = unpack_named(in);
    if (!in.done()) {
        wrong_ = "it makes a request that is none";
        return false;
    }
    request.named = span_of(named);
    request.input = {input.data(), input.size()};
    Kept kept;
    const auto ask = [&] {
        return client_.superior_.request(plugin, request, keep, &kept, std::min(until_ns_, deadline_ns_));
    };
    const std::int32_t status = client_.superior_.is_of_application(request.kind) ? for_others(ask) : ask();
    if (base::monotonic_ns() >= std::min(until_ns_, deadline_ns_)) return cut_short_ = too_slow(), true;
    const bool sent = kept.file && !client_.send({Control::What::file, lane_.number(), 0}, {kept.file.get()});
    Head head;
    head.kind = Kind::answer;
    head.call = number_;
    head.status = kept.file && !sent ? std::int32_t{TENON_E_NO_MEMORY} : status;
    head.target = sent ? 1 : 0;
    const std::int32_t posted = lane_.post(head, [&](Composer& out) {
        out.text(kept.described);
        out.bytes(kept.output.data(), kept.output.size());
    });
    // The worker takes the file with it, so that the next one is not taken for this one.
    if (posted < 0) answer(posted, head.target);
    return true;
}

}  // namespace tenon::sandbox
