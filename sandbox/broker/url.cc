#include "sandbox/broker/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

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

bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

bool is_in_label(char byte) {
    return is_digit(byte) || byte == '-' || (byte >= 'a' && byte <= 'z');
}

// A host whose last part is a number is an address to whoever dials it, in one notation or another.
bool looks_like_a_number(std::string_view host) {
    const std::string_view last = host.substr(host.rfind('.') + 1);
    return std::all_of(last.begin(), last.end(), is_digit) || last.starts_with("0x");
}

std::string name_fault(std::string_view host) {
    if (host.empty()) return "has no host";
    if (host.back() == '.') return "has a host that ends in a dot";
    if (host.size() > 253) return "has a host of more than 253 bytes";
    while (!host.empty()) {
        const std::string_view label = host.substr(0, host.find('.'));
        if (label.empty() || label.size() > 63) return "has a host with an empty part, or one of more than 63 bytes";
        if (!std::all_of(label.begin(), label.end(), is_in_label) || label.front() == '-' || label.back() == '-')
            return "has a host that is not of a-z, 0-9 and hyphens (write other letters as \"xn--...\")";
        host.remove_prefix(std::min(label.size() + 1, host.size()));
    }
    return "";
}

// Decimal, octal, hexadecimal, in one number or up to four.
std::optional<Address> address_of_number(const std::string& host) {
    in_addr raw{};
    if (::inet_aton(host.c_str(), &raw) == 0) return std::nullopt;
    Address address;
    std::memcpy(address.bytes.data(), &raw, sizeof raw);
    return address;
}

std::string read_host(Url& url) {
    std::string host = part(url.parsed, CURLUPART_HOST);
    std::transform(host.begin(), host.end(), host.begin(),
                   [](char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A')) : byte; });
    url.host = host;
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        url.literal = parse_address(std::string_view(host).substr(1, host.size() - 2));
        if (!url.literal || !url.literal->v6) return "has a host in brackets that is no IPv6 address";
    } else if (std::string fault = name_fault(host); !fault.empty()) {
        return fault;
    } else if (looks_like_a_number(host)) {
        url.literal = address_of_number(host);
        if (!url.literal) return "has a host that is neither a name nor an address";
    }
    if (url.literal) url.host = to_text(*url.literal);
    const std::string written = url.literal && url.literal->v6 ? fmt::format("[{}]", url.host) : url.host;
    return set(url.parsed, CURLUPART_HOST, written.c_str()) ? "" : "has a host that cannot be used";
}

std::string read_port(Url& url) {
    const std::string text = part(url.parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), url.port);
    const bool fine = error == std::errc() && end == text.data() + text.size() && url.port != 0;
    return fine ? "" : "has a port that is not one of 1 to 65535";
}

Result<Url> judge(Parsed parsed, std::string_view text) {
    Url url;
    url.parsed = std::move(parsed);
    url.scheme = part(url.parsed, CURLUPART_SCHEME);
    if (url.scheme != "http" && url.scheme != "https") return bad_url(text, "is neither http nor https");
    for (const CURLUPart never : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS})
        if (!part(url.parsed, never).empty()) return bad_url(text, "has a user or a password");
    if (!part(url.parsed, CURLUPART_ZONEID).empty()) return bad_url(text, "has a zone in its address");
    if (const std::string fault = read_host(url); !fault.empty()) return bad_url(text, fault);
    if (const std::string fault = read_port(url); !fault.empty()) return bad_url(text, fault);
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

std::string Url::permission() const {
    const bool brackets = literal && literal->v6;
    return fmt::format("network:{}://{}{}{}:{}", scheme, brackets ? "[" : "", host, brackets ? "]" : "", port);
}

bool Url::same_origin(const Url& other) const {
    return scheme == other.scheme && host == other.host && port == other.port;
}

Result<Url> parse_url(std::string_view text) {
    return read_url(Parsed(::curl_url(), ::curl_url_cleanup), text);
}

Result<Url> follow(const Url& from, std::string_view location) {
    return read_url(Parsed(::curl_url_dup(from.parsed.get()), ::curl_url_cleanup), location);
}

}  // namespace tenon::sandbox::broker
