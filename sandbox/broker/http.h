// HTTP for a plugin that has no network: to the hosts that were granted, and to no address inside.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "sandbox/broker/lookup.h"
#include "sandbox/broker/rate.h"
#include "sandbox/broker/reach.h"
#include "sandbox/broker/requests.h"
#include "sandbox/broker/stop.h"
#include "sandbox/broker/url.h"

namespace tenon::sandbox::broker {

struct HttpLimits {
    std::uint64_t request_bytes = 1u << 20;   // headers and body
    std::uint64_t response_bytes = 8u << 20;  // headers and body
    std::uint32_t seconds = 30;               // for all of it: name, redirects, body
    std::uint32_t redirects = 5;
    std::uint64_t requests_per_minute = 60;      // each redirect is one
    std::uint64_t bytes_per_minute = 64u << 20;  // both ways; 0 for either: no limit
};

// libcurl's process-wide part. The host makes one before its first HttpBroker, best where it starts, and keeps it for
// longer than those; libcurl counts them, so others in the process do no harm, and from 7.84 on any thread may.
class HttpLibrary {
public:
    HttpLibrary() noexcept;
    ~HttpLibrary();
    HttpLibrary(const HttpLibrary&) = delete;
    HttpLibrary& operator=(const HttpLibrary&) = delete;

    bool ok() const noexcept { return ok_; }

private:
    bool ok_;
};

struct HttpSetup {
    LookUp look_up = lookups_of();
    std::string authorities;  // a PEM file, instead of the machine's; empty: those
};

// Used by any thread: fetch() blocks the one that calls it, for as long as limits.seconds, and as its patience. Nothing
// is kept between requests, neither connections nor cookies; the environment's proxies are not used.
class HttpBroker {
public:
    HttpBroker(const HttpLibrary& library, std::vector<NetworkRule> rules, const HttpLimits& limits,
               HttpSetup setup = {});

    // Any status is an answer, but redirects are followed (301, 302, 303, 307, 308), and judged like the first URL;
    // from https never to http. To another host they go without the caller's Authorization and Cookie. Problems:
    // "permission.denied", "broker.bad-url", "broker.bad-request", "broker.private-address", "broker.unknown-host",
    // "broker.unreachable", "broker.timeout", "broker.too-large", "broker.too-often", "broker.redirects",
    // "broker.stopped".
    base::Result<Fetched> fetch(const Fetch& request, const Patience& patience = {});

private:
    base::Check pay(const Fetch& request);
    base::Result<Fetched> hop(const Fetch& request, const Url& url, const Patience& patience);

    const std::vector<NetworkRule> rules_;
    const HttpLimits limits_;
    const HttpSetup setup_;
    const bool usable_;
    Bucket requests_;
    Bucket bytes_;
};

}  // namespace tenon::sandbox::broker
