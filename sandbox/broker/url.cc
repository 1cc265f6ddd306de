#include "sandbox/broker/url.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include "sandbox/broker/refusal.h"

namespace tenon::sandbox::broker {

using base::Check;
using base::Problem;
using base::Result;

namespace {

using Parsed = std::shared_ptr<CURLU>;

Problem bad_url(std::string_view text, std::string_view why) {
    return {"broker.bad-url", fmt::format("the URL \"{}\" {}", shown(text), why),
            "write it as in \"https://example.org/path?query\", with bytes that are not ASCII as %XX"};
}

std::string fault_of(std::string_view text) {
    if (text.empty()) return "is empty";
    if (text.size() > most_url_bytes) return fmt::format("has {} bytes, of {} at most", text.size(), most_url_bytes);
    for (const char byte : text)
        if (byte <= 0x20 || byte >= 0x7F) return "has a space, a control character, or one that is not ASCII";
    if (text.find('\\') != text.npos) return "has a backslash";
    return "";
}

// Empty if it is not there.
std::string part(const Parsed& url, CURLUPart which, unsigned flags = 0) {
    char* raw = nullptr;
    if (::curl_url_get(url.get(), which, &raw, flags) != CURLUE_OK || raw == nullptr) return "";
    const std::unique_ptr<char, void (*)(void*)> owned(raw, ::curl_free);
    return raw;
}

bool set(const Parsed& url, CURLUPart which, const char* value, unsigned flags = 0) {
    return ::curl_url_set(url.get(), which, value, flags) == CURLUE_OK;
}

std::string take_host(Url& url) {
    if (std::string fault = read_host(part(url.parsed, CURLUPART_HOST), url); !fault.empty()) return fault;
    const std::string written = url.literal && url.literal->v6 ? fmt::format("[{}]", url.host) : url.host;
    return set(url.parsed, CURLUPART_HOST, written.c_str()) ? "" : "has a host that cannot be used";
}

Result<Url> judge(Parsed parsed, std::string_view text) {
    Url url;
    url.parsed = std::move(parsed);
    url.scheme = part(url.parsed, CURLUPART_SCHEME);
    if (url.scheme != "http" && url.scheme != "https") return bad_url(text, "is neither http nor https");
    for (const CURLUPart never : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS})
        if (!part(url.parsed, never).empty()) return bad_url(text, "has a user or a password");
    if (!part(url.parsed, CURLUPART_ZONEID).empty()) return bad_url(text, "has a zone in its address");
    if (const std::string fault = take_host(url); !fault.empty()) return bad_url(text, fault);
    if (const std::string fault = read_port(part(url.parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT), url); !fault.empty())
        return bad_url(text, fault);
    if (!set(url.parsed, CURLUPART_FRAGMENT, nullptr)) return bad_url(text, "has a fragment that cannot be cut off");
    url.text = part(url.parsed, CURLUPART_URL);
    if (const std::string fault = fault_of(url.text); !fault.empty()) return bad_url(text, fault);
    return url;
}

Result<Url> read_url(Parsed into, std::string_view text) {
    if (const std::string fault = fault_of(text); !fault.empty()) return bad_url(text, fault);
    if (!into) return bad_url(text, "cannot be read: memory has run out");
    const CURLUcode code = ::curl_url_set(into.get(), CURLUPART_URL, std::string(text).c_str(), CURLU_DISALLOW_USER);
    if (code == CURLUE_USER_NOT_ALLOWED) return bad_url(text, "has a user or a password");
    if (code == CURLUE_UNSUPPORTED_SCHEME) return bad_url(text, "is neither http nor https");
    if (code != CURLUE_OK) return bad_url(text, fmt::format("cannot be read: {}", ::curl_url_strerror(code)));
    return judge(std::move(into), text);
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
    return read_url(Parsed(::curl_url(), ::curl_url_cleanup), text);
}

Result<Url> follow(const Url& from, std::string_view location) {
    return read_url(Parsed(::curl_url_dup(from.parsed.get()), ::curl_url_cleanup), location);
}

}  // namespace tenon::sandbox::broker
