// The network, by a library of its own that is loaded when it is first needed.
#include <dlfcn.h>
#include <fmt/format.h>
#include <tenon/status.h>

#include <algorithm>
#include <filesystem>

#include "host/deputy.h"
#include "host/deputy_answer.h"
#include "sandbox/broker/refusal.h"

namespace tenon::host {

namespace broker = sandbox::broker;

namespace {

const char in_this_library = 0;

std::string folder_of_this() {
    Dl_info here{};
    if (::dladdr(&in_this_library, &here) == 0 || here.dli_fname == nullptr) return {};
    return std::filesystem::path(here.dli_fname).parent_path().string();
}

// A body of 8 MiB, and headers.
broker::HttpLimits limits() {
    broker::HttpLimits limits;
    limits.response_bytes = (8u << 20) + (64u << 10);
    return limits;
}

// "network:https://example.org:443", as far as that can be told without reading all of the URL.
std::string permission_of(std::string_view url) {
    const std::size_t scheme = std::min(url.find("://"), url.size());
    const std::size_t host = std::min(scheme + 3, url.size());
    const std::string_view origin = url.substr(0, url.find_first_of("/?#\\", host));
    const bool has_port = origin.find(':', origin.find(']') != origin.npos ? origin.find(']') : host) != origin.npos;
    const std::string_view port = has_port || scheme == url.size() ? "" : url.starts_with("https:") ? ":443" : ":80";
    return fmt::format("network:{}{}", broker::shown(origin), port);
}

}  // namespace

base::Result<broker::HttpService*> Deputy::http() {
    const auto present = [this] {
        const std::lock_guard guard(http_lock_);
        return http_.get();
    };
    if (broker::HttpService* const known = present()) return known;
    // Foreign code: without the lock. Of two threads that come at once, one has made it in vain.
    const base::Result<const broker::HttpModule*> module = broker::load_http_module(folder_of_this() + "/tenon");
    if (!module) return module.problem();
    std::unique_ptr<broker::HttpService> made = module.value()->make(network_rules_of(granted_), limits(), look_up_);
    const std::lock_guard guard(http_lock_);
    if (http_ == nullptr) http_.swap(made);
    return http_.get();
}

std::int32_t Deputy::fetch(const tenon_request& request, const Taker& taker, const broker::Patience& patience) {
    // Who may not fetch anything makes the host load nothing.
    if (granted_.permissions.network.empty())
        return refuse(broker::denied(permission_of(view_of(request.subject))), taker);
    const base::Result<broker::HttpService*> service = http();
    if (!service) return refuse(service.problem(), taker);
    broker::Fetch order;
    order.method = request.detail.size == 0 ? "GET" : text_of(request.detail);
    order.url = text_of(request.subject);
    order.headers = named_of(request.named);
    order.body = view_of(request.input);
    const base::Result<broker::Fetched> fetched = service.value()->fetch(order, patience);
    if (!fetched) return refuse(fetched.problem(), taker);
    const std::vector<tenon_named> named = borrow(fetched.value().headers);
    if (named.size() > most_named)
        return refuse({"broker.too-large",
                       fmt::format("{}: the answer has {} headers, of {} at most",
                                   permission_of(view_of(request.subject)), named.size(), most_named),
                       "ask another host"},
                      taker);
    tenon_answer answer = new_answer();
    answer.number = static_cast<std::int32_t>(fetched.value().status);
    answer.output = {fetched.value().body.data(), fetched.value().body.size()};
    answer.named = span_of(named);
    taker(answer);
    return TENON_OK;
}

}  // namespace tenon::host
