// A request becomes the part of a manifest that asks for it, and is judged by those who read manifests.
#include <fmt/format.h>

#include "host/permission_list.h"
#include "host/request_table.h"
#include "manifest/entries.h"
#include "manifest/utf8.h"
#include "manifest/words.h"

namespace tenon::host {

namespace {

base::Problem bad(std::string_view request, std::string_view why, std::string fix) {
    return {"permission.bad", fmt::format("{} is no request: {}", manifest::in_quotes(request), why), std::move(fix)};
}

// "FILE:LINE:COLUMN: KEY: WHAT" without the place and the key, which is none that somebody has written.
std::string_view without_place(std::string_view text) {
    constexpr std::string_view mark = ": ";
    for (int parts = 2; parts > 0; --parts) {
        const std::size_t end = text.find(mark);
        if (end != text.npos) text.remove_prefix(end + mark.size());
    }
    return text;
}

std::string capital(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text.empty() || text.back() == '.' ? text : text + ".";
}

}  // namespace

base::Result<manifest::Permissions> parse_request(std::string_view request) {
    if (request.empty()) return bad(request, "it is empty", "Write it as in read:/usr/share/dict/*.");
    if (request.size() > longest_request)
        return bad(request, fmt::format("it has {} bytes, {} are the most", request.size(), longest_request), "");
    if (!manifest::is_utf8(request)) return bad(request, "it is not UTF-8", "");
    RequestReading reading = read_request(request);
    if (reading.fault) return bad(request, reading.fault->why, std::move(reading.fault->fix));
    manifest::Value root;
    root.entries.push_back({"permissions", {}, std::move(reading.table)});
    manifest::Diagnostics diagnostics("request");
    manifest::TableReader reader(root, "", diagnostics);
    manifest::Permissions permissions;
    manifest::read_permissions(reader, permissions);
    if (diagnostics.empty()) return permissions;
    const base::Problem first = diagnostics.take().front();
    return bad(request, without_place(first.text), capital(first.fix));
}

}  // namespace tenon::host
