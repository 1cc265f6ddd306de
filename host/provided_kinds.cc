#include "host/provided_kinds.h"

#include <fmt/format.h>

#include <algorithm>

#include "sandbox/broker/refusal.h"

namespace tenon::host {

namespace {

namespace broker = sandbox::broker;

constexpr std::uint64_t KiB = 1u << 10, MiB = 1u << 20;
constexpr std::uint64_t most_subject = 4 * KiB, most_detail = 64 * KiB, most_named_bytes = 1 * MiB;

constexpr ProvidedKind kinds[] = {
    {TENON_REQUEST_NOTIFY, "TENON_REQUEST_NOTIFY", "notifications", 64 * KiB, 0, false, false},
    {TENON_REQUEST_CLIPBOARD_READ, "TENON_REQUEST_CLIPBOARD_READ", "clipboard:read", 1 * MiB, 1 * MiB, true, false},
    {TENON_REQUEST_CLIPBOARD_WRITE, "TENON_REQUEST_CLIPBOARD_WRITE", "clipboard:write", 1 * MiB, 1 * MiB, false, false},
    {TENON_REQUEST_MODEL, "TENON_REQUEST_MODEL", "model:", 4 * MiB, 8 * MiB, true, false},
    {TENON_REQUEST_DEVICE, "TENON_REQUEST_DEVICE", "device:", 1 * MiB, 8 * MiB, true, true},
    {TENON_REQUEST_CONTENT_READ, "TENON_REQUEST_CONTENT_READ", "content:read", 16 * MiB, 16 * MiB, true, false},
    {TENON_REQUEST_CONTENT_CHANGE, "TENON_REQUEST_CONTENT_CHANGE", "content:change", 16 * MiB, 16 * MiB, false, false},
};

struct Part {
    std::string_view what, has;
    std::uint64_t bytes, most;
};

bool is_legible(const tenon_request& request, const NamedTexts& named) {
    const auto fine = [](std::string_view text) { return broker::is_valid_utf8(text); };
    return fine(view_of(request.subject)) && fine(view_of(request.detail)) &&
           std::ranges::all_of(named, [&](const auto& one) { return fine(one.first) && fine(one.second); });
}

}  // namespace

const ProvidedKind& kind_of(std::uint32_t number) {
    return *std::ranges::find(kinds, number, &ProvidedKind::number);
}

bool is_clipboard(std::uint32_t kind) {
    return kind == TENON_REQUEST_CLIPBOARD_READ || kind == TENON_REQUEST_CLIPBOARD_WRITE;
}

std::string permission_of(const tenon_request& request) {
    const ProvidedKind& kind = kind_of(request.kind);
    if (!kind.permission.ends_with(':')) return std::string(kind.permission);
    return fmt::format("{}{}", kind.permission, broker::shown(view_of(request.subject), 64));
}

base::Check check_provided(const tenon_request& request, const NamedTexts& named, bool is_text) {
    std::uint64_t bytes = 0;
    for (const auto& [name, value] : named) bytes += name.size() + value.size();
    const Part parts[] = {{"subject", "has", request.subject.size, most_subject},
                          {"detail", "has", request.detail.size, most_detail},
                          {"names", "have", bytes, most_named_bytes},
                          {"input", "has", request.input.size, kind_of(request.kind).most_input}};
    for (const Part& part : parts)
        if (part.bytes > part.most)
            return base::Problem{"broker.too-large",
                                 fmt::format("{}: the request's {} {} {} bytes, of {} at most", permission_of(request),
                                             part.what, part.has, part.bytes, part.most),
                                 "ask in parts"};
    const bool legible = is_legible(request, named) && (!is_text || broker::is_valid_utf8(view_of(request.input)));
    if (legible) return {};
    return base::Problem{"broker.bad-request", fmt::format("{}: a request that is not UTF-8", permission_of(request)),
                         "send UTF-8"};
}

}  // namespace tenon::host
