#include "sandbox/broker/http.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
#include "sandbox/broker/exchange.h"
#include "sandbox/broker/headers.h"
#include "sandbox/broker/refusal.h"

namespace tenon::sandbox::broker {

using base::Check;
using base::Problem;
using base::Result;

namespace {

bool is_redirect(std::uint32_t status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// As browsers do: what was asked is kept by 307 and 308, and becomes a GET by 303, and by the others after a POST.
void turn(Fetch& request, std::uint32_t status, bool elsewhere) {
    const bool to_get = (status == 303 && request.method != "HEAD") || (status < 303 && request.method == "POST");
    const auto drop = [&](std::string_view name) {
        std::erase_if(request.headers, [&](const auto& header) { return same_name(header.first, name); });
    };
    if (to_get) {
        request.method = "GET";
        request.body.clear();
        drop("Content-Type");
    }
    if (!elsewhere) return;
    drop("Authorization");
    drop("Cookie");
}

Problem too_often(std::string_view what, const Bucket& bucket, std::uint64_t amount) {
    const std::uint64_t wait = bucket.wait_ns(amount, base::monotonic_ns());
    return {"broker.too-often", fmt::format("more than {} {} a minute", bucket.per_minute(), what),
            fmt::format("wait {} s", wait / second_ns + 1)};
}

}  // namespace

HttpLibrary::HttpLibrary() noexcept : ok_(::curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK) {}

HttpLibrary::~HttpLibrary() {
    if (ok_) ::curl_global_cleanup();
}

HttpBroker::HttpBroker(const HttpLibrary& library, std::vector<NetworkRule> rules, const HttpLimits& limits,
                       HttpSetup setup)
    : rules_(std::move(rules)),
      limits_(limits),
      setup_(std::move(setup)),
      usable_(library.ok()),
      requests_(limits.requests_per_minute),
      bytes_(limits.bytes_per_minute) {}

Check HttpBroker::pay(const Fetch& request) {
    const std::uint64_t now = base::monotonic_ns();
    const std::uint64_t bytes = bytes_of(request.headers, request.body) + request.url.size();
    if (!requests_.take(1, now)) return too_often("requests", requests_, 1);
    if (!bytes_.take(bytes, now)) return too_often("bytes", bytes_, bytes);
    return {};
}

// A name is looked up only for what is granted and paid for.
Result<Fetched> HttpBroker::hop(const Fetch& request, const Url& url, const Patience& patience) {
    const NetworkRule* const rule = rule_for(rules_, url);
    if (rule == nullptr) return denied(url.permission());
    if (Check no = pay(request)) return std::move(*no);
    const Result<std::vector<Address>> found = addresses_to_dial(url, *rule, setup_.look_up, patience);
    if (!found) return found.problem();
    std::uint64_t received = 0;
    Result<Fetched> answer =
        exchange({request, url, found.value(), limits_.response_bytes, patience, setup_.authorities}, received);
    bytes_.charge(received, base::monotonic_ns());
    return answer;
}

Result<Fetched> HttpBroker::fetch(const Fetch& request, const Patience& patience) {
    if (!usable_) return Problem{"broker.unreachable", "libcurl could not be initialised", "install a working libcurl"};
    if (Check no = check_request(request, limits_.request_bytes)) return std::move(*no);
    const Patience all = patience.at_most(limits_.seconds * second_ns);
    Fetch next = request;
    Result<Url> url = parse_url(request.url);
    for (std::uint32_t hops = 0; url; ++hops) {
        const Url here = url.take();
        Result<Fetched> answer = hop(next, here, all);
        const std::string* const location =
            answer && is_redirect(answer.value().status) ? find_header(answer.value().headers, "Location") : nullptr;
        if (location == nullptr) return answer;
        if (hops == limits_.redirects)
            return Problem{"broker.redirects",
                           fmt::format("{}: more than {} redirects", here.permission(), limits_.redirects),
                           "ask for the URL that they lead to"};
        url = follow(here, *location);
        if (url && here.scheme == "https" && url.value().scheme == "http")
            return Problem{"broker.redirects",
                           fmt::format("{}: redirects from https to {}", here.permission(), url.value().permission()),
                           "ask for a URL that stays with https"};
        if (url) turn(next, answer.value().status, !here.same_origin(url.value()));
    }
    return url.problem();
}

}  // namespace tenon::sandbox::broker
