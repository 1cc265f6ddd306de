#include "sandbox/broker/file_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "sandbox/broker/refusal.h"

namespace tenon::sandbox::broker {

namespace {

// Whether one of them covers it. If none does: `exception` is what left it out of one of them.
bool any_covers(const std::vector<FileGrant>& grants, std::string_view path, const Glob*& exception) {
    for (const FileGrant& grant : grants) {
        if (!grant.glob.matches(path)) continue;
        const Glob* const left_out = grant.exception_for(path);
        if (left_out == nullptr) return true;
        exception = left_out;
    }
    return false;
}

}  // namespace

FileGrant::FileGrant(Glob granted, std::vector<Glob> left_out)
    : glob(std::move(granted)), exceptions(std::move(left_out)) {
    for (Glob& exception : exceptions) exception = exception.with_all_below();
}

const Glob* FileGrant::exception_for(std::string_view path) const {
    const auto found =
        std::ranges::find_if(exceptions, [=](const Glob& one) { return one.matches(path, Letters::in_any_case); });
    return found != exceptions.end() ? &*found : nullptr;
}

FileDenial::FileDenial(Glob denied, bool of_writing, std::string words)
    : glob(denied.with_all_below()), only_writing(of_writing), rule(words.empty() ? glob.text() : std::move(words)) {}

base::Check not_denied(const FileRules& rules, const std::string& permission, std::string_view path, bool change) {
    for (const FileDenial& denial : rules.deny)
        if ((change || !denial.only_writing) && denial.covers(path)) return denied_by(permission, denial.rule);
    return {};
}

base::Check permit(const FileRules& rules, const std::string& path, bool change) {
    const std::string permission = fmt::format("{}:{}", change ? "write" : "read", path);
    if (base::Check no = not_denied(rules, permission, path, change)) return no;
    const Glob* exception = nullptr;
    if (any_covers(rules.write, path, exception)) return {};
    if (!change && any_covers(rules.read, path, exception)) return {};
    return exception != nullptr ? denied_by(permission, "!" + exception->text()) : denied(permission);
}

}  // namespace tenon::sandbox::broker
