// Services that a plugin may call: those of its manifest that were granted, with or without their revision.
#include <algorithm>

#include "host/deputy.h"
#include "host/plugin.h"
#include "sandbox/broker/refusal.h"

namespace tenon::host {

namespace {

// "org.acme.tax" is "org.acme.tax/1", too.
bool names(std::string_view granted, std::string_view service) {
    return granted == service || granted == service.substr(0, service.find('/'));
}

}  // namespace

base::Check Deputy::may_call(std::string_view service) {
    if (granted_.level == sandbox::Level::trusted) return {};
    if (std::ranges::any_of(granted_.permissions.services, [&](const auto& one) { return names(one, service); }))
        return {};
    const std::string permission = "service:" + std::string(service);
    base::Problem problem = sandbox::broker::denied(permission);
    problem.text = words_of(problem);
    denials_.note(permission, problem.text);
    problem.fix.clear();  // it is in the text
    return problem;
}

}  // namespace tenon::host
