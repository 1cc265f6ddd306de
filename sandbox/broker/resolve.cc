#include "sandbox/broker/resolve.h"

#include <fmt/format.h>
#include <netdb.h>
#include <resolv.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>

#include "base/clock.h"

namespace tenon::sandbox::broker {

using base::Problem;
using base::Result;

namespace {

// The C library keeps the state of its DNS client for each thread; ours is as it was afterwards.
class DnsPatience {
public:
    explicit DnsPatience(std::uint64_t left_ns) : known_((_res.options & RES_INIT) != 0 || ::res_init() == 0) {
        if (!known_) return;
        retrans_ = _res.retrans;
        retry_ = _res.retry;
        options_ = _res.options;
        const int servers = std::max(_res.nscount, 1);
        _res.retrans = std::clamp(static_cast<int>(std::min<std::uint64_t>(left_ns / second_ns, 90)) / servers, 1, 30);
        _res.retry = 1;
        _res.options &= ~static_cast<unsigned long>(RES_DNSRCH | RES_DEFNAMES);
    }
    ~DnsPatience() {
        if (!known_) return;
        _res.retrans = retrans_;
        _res.retry = retry_;
        _res.options = options_;
    }
    DnsPatience(const DnsPatience&) = delete;
    DnsPatience& operator=(const DnsPatience&) = delete;

private:
    const bool known_;
    int retrans_ = 0;
    int retry_ = 0;
    unsigned long options_ = 0;
};

Problem no_address_in_time(const std::string& host) {
    return {"broker.timeout", fmt::format("no address of {} was found in time", host),
            "look at the name servers of this machine (/etc/resolv.conf), or allow more seconds"};
}

std::vector<Address> addresses_of(const addrinfo* first) {
    std::vector<Address> all;
    for (const addrinfo* each = first; each != nullptr; each = each->ai_next)
        if (const auto address = address_of(each->ai_addr); address && std::ranges::find(all, *address) == all.end())
            all.push_back(*address);
    return all;
}

}  // namespace

Result<std::vector<Address>> resolve_by_system(const std::string& host, Deadline until) {
    const std::uint64_t begin = base::monotonic_ns();
    if (begin >= until) return no_address_in_time(host);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_family = AF_UNSPEC;
    addrinfo* raw = nullptr;
    const DnsPatience patience(until - begin);
    const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &raw);
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(raw, ::freeaddrinfo);
    if (base::monotonic_ns() > until) return no_address_in_time(host);
    std::vector<Address> found = addresses_of(list.get());
    if (error == 0 && !found.empty()) return found;
    return Problem{"broker.unknown-host",
                   fmt::format("{} has no address: {}", host, error != 0 ? ::gai_strerror(error) : "none was returned"),
                   "look at the name, and at the name servers of this machine (/etc/resolv.conf)"};
}

}  // namespace tenon::sandbox::broker
