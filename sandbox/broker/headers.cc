#include "sandbox/broker/headers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sandbox/broker/refusal.h"

namespace tenon::sandbox::broker {

using base::Check;
using base::Problem;

namespace {

constexpr std::array<std::string_view, 6> methods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
constexpr std::array<std::string_view, 9> ours{
    "host", "connection", "content-length", "te", "transfer-encoding", "keep-alive", "trailer", "upgrade", "expect"};
constexpr std::size_t most_headers = 64;

char small(char byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A')) : byte;
}

Problem bad(std::string text) {
    return {"broker.bad-request", std::move(text), "change the request"};
}

bool is_token(char byte) {
    return byte > 0x20 && byte < 0x7F && std::string_view("\"(),/:;<=>?@[\\]{}").find(byte) == std::string_view::npos;
}

bool is_in_value(char byte) {
    return byte == '\t' || (static_cast<unsigned char>(byte) >= 0x20 && byte != 0x7F);
}

Check check_header(const std::string& name, const std::string& value) {
    if (name.empty() || !std::all_of(name.begin(), name.end(), is_token))
        return bad(fmt::format("\"{}\" is no name of a header", shown(name)));
    if (!std::all_of(value.begin(), value.end(), is_in_value))
        return bad(fmt::format("the header \"{}\" has a control character in its value", name));
    const bool reserved = std::any_of(ours.begin(), ours.end(), [&](auto each) { return same_name(each, name); }) ||
                          (name.size() >= 6 && same_name(std::string_view(name).substr(0, 6), "proxy-"));
    if (reserved) return bad(fmt::format("the header \"{}\" is the host's to write", name));
    return {};
}

}  // namespace

Check check_request(const Fetch& request, std::uint64_t most_bytes) {
    if (std::find(methods.begin(), methods.end(), request.method) == methods.end())
        return bad(fmt::format("the method \"{}\" is none of {}", shown(request.method, 32), fmt::join(methods, ", ")));
    if ((request.method == "GET" || request.method == "HEAD") && !request.body.empty())
        return bad(fmt::format("{} with a body of {} bytes", request.method, request.body.size()));
    if (request.headers.size() > most_headers)
        return bad(fmt::format("{} headers, of {} at most", request.headers.size(), most_headers));
    for (const auto& [name, value] : request.headers)
        if (Check no = check_header(name, value)) return no;
    const std::uint64_t bytes = bytes_of(request.headers, request.body);
    if (bytes <= most_bytes) return {};
    return Problem{"broker.too-large", fmt::format("the request has {} bytes, of {} at most", bytes, most_bytes),
                   "send less at a time"};
}

std::uint64_t bytes_of(const Headers& headers, std::string_view body) {
    std::uint64_t bytes = body.size();
    for (const auto& [name, value] : headers) bytes += name.size() + value.size() + 4;  // ": " and the end of the line
    return bytes;
}

bool same_name(std::string_view one, std::string_view other) {
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                      [](char a, char b) { return small(a) == small(b); });
}

const std::string* find_header(const Headers& headers, std::string_view name) {
    for (const auto& [each, value] : headers)
        if (same_name(each, name)) return &value;
    return nullptr;
}

}  // namespace tenon::sandbox::broker
