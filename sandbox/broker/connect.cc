#include "sandbox/broker/connect.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "sandbox/broker/dial.h"
#include "sandbox/broker/hold.h"
#include "sandbox/broker/path.h"
#include "sandbox/broker/refusal.h"

namespace tenon::sandbox::broker {

using base::Check;
using base::Fd;
using base::Problem;
using base::Result;

namespace {

constexpr std::string_view unix_scheme = "unix:";

Problem not_a_socket(const std::string& path) {
    return {"broker.not-a-socket", fmt::format("{} is no socket", path), "ask for the path that the server listens at"};
}

}  // namespace

ConnectBroker::ConnectBroker(ConnectRules rules, LookUp look_up)
    : rules_(std::move(rules)), look_up_(std::move(look_up)) {}

Result<Fd> ConnectBroker::by_network(std::string_view target, const Patience& patience) const {
    const Result<Origin> origin = parse_origin(target);
    if (!origin) return origin.problem();
    const NetworkRule* const rule = rule_for(rules_.network, origin.value());
    if (rule == nullptr) return denied(origin.value().permission());
    const Result<std::vector<Address>> found = addresses_to_dial(origin.value(), *rule, look_up_, patience);
    if (!found) return found.problem();
    return dial(origin.value(), found.value(), patience);
}

Result<Fd> ConnectBroker::by_path(std::string_view target, const Patience& patience) const {
    const std::string path(target);
    if (Check bad = check_path(path)) return std::move(*bad);
    const std::string permission = "socket:" + path;
    if (std::ranges::none_of(rules_.sockets, [&](const Glob& one) { return one.matches(path); }))
        return denied(permission);
    const Fd held = open_without_links(path, O_PATH);
    struct stat facts{};
    if (!held || ::fstat(held.get(), &facts) != 0) return cannot_open(path, errno);
    if (!S_ISSOCK(facts.st_mode)) return not_a_socket(path);
    return dial(permission, held, patience);
}

Result<Fd> ConnectBroker::connect(std::string_view target, const Patience& patience) const {
    const Patience all = patience.at_most(most_seconds * second_ns);
    if (all.stopped()) return stopped(shown(target));
    return target.starts_with(unix_scheme) ? by_path(target.substr(unix_scheme.size()), all) : by_network(target, all);
}

}  // namespace tenon::sandbox::broker
