// The C functions of permissions.h.
#include <tenon/permissions.h>

#include <vector>

#include "host/api_call.h"
#include "host/desk.h"
#include "host/machine_json.h"
#include "host/permission_list.h"
#include "host/text.h"

using namespace tenon;
using namespace tenon::host;

namespace {

// Of the same size as a library's manifest at most.
constexpr std::size_t longest_manifest = 64 * 1024;

std::int32_t status_for(std::string_view id) noexcept {
    if (id == "store.missing") return TENON_E_NOT_FOUND;
    if (id == "grant.too-many") return TENON_E_FULL;
    if (id == "store.bad-id" || id == "permission.bad" || id == "api.invalid-argument") return TENON_E_INVALID;
    return id.starts_with("store.") ? TENON_E_IO : TENON_E_REFUSED;
}

std::int32_t pass_on(std::string text, tenon_write_fn write, void* data) {
    if (write == nullptr) return TENON_OK;
    text += '\n';
    return write(data, borrow(text)) != 0 ? std::int32_t{TENON_OK} : std::int32_t{TENON_E_CANCELLED};
}

// What `answer` gives, or why it gives nothing.
template <class Answer>
std::int32_t answer_with(tenon_write_fn write, void* data, tenon_error* error, Answer&& answer) noexcept {
    return guarded_call(error, [&]() -> std::int32_t {
        base::Result<std::string> text = answer();
        if (!text) return say(error, status_for(text.problem().id), text.problem());
        return pass_on(text.take(), write, data);
    });
}

base::Problem bad_argument(const char* what) {
    return {"api.invalid-argument", what, ""};
}

base::Check check_store(tenon_str store) {
    if (view_of(store).empty()) return bad_argument("no store is named");
    if (view_of(store).find('\0') != std::string_view::npos) return bad_argument("the store's path has a NUL in it");
    return {};
}

// Copies of what the caller lends.
struct Lent {
    tenon_str store;
    const tenon_str* requests;
    std::uint64_t count;

    base::Check check() const {
        if (base::Check problem = check_store(store)) return problem;
        if (requests == nullptr && count != 0) return bad_argument("the requests are NULL");
        if (count > most_requests) return bad_argument("there are more than 1024 requests");
        return {};
    }
    Requests copies() const {
        Requests all;
        for (std::uint64_t i = 0; i < count; ++i) all.emplace_back(view_of(requests[i]));
        return all;
    }
};

using Decider = base::Result<std::string> (*)(const Decision&, std::span<const std::string>);

base::Result<std::string> decided(Decider decide, const Lent& lent, tenon_str plugin, tenon_str by) {
    if (base::Check problem = lent.check()) return *problem;
    const std::string path(view_of(lent.store));
    return decide({path, view_of(plugin), view_of(by)}, lent.copies());
}

}  // namespace

std::int32_t tenon_permissions(tenon_str store, tenon_str manifest, tenon_str plugin, tenon_write_fn write, void* data,
                               tenon_error* error) {
    return answer_with(write, data, error, [&]() -> base::Result<std::string> {
        const std::string_view toml = view_of(manifest), id = view_of(plugin);
        if (write == nullptr) return bad_argument("`write` is NULL");
        if (toml.empty() == id.empty()) return bad_argument("wanted a manifest or a plugin, and not both");
        if (toml.size() > longest_manifest) return bad_argument("the manifest has more than 64 KiB");
        if (!id.empty() || !view_of(store).empty())
            if (base::Check problem = check_store(store)) return *problem;
        return permissions_answer(std::string(view_of(store)), toml, id);
    });
}

std::int32_t tenon_grant(tenon_str store, tenon_str plugin, const tenon_str* requests, std::uint64_t count,
                         tenon_str by, tenon_write_fn write, void* data, tenon_error* error) {
    return answer_with(write, data, error,
                       [&] { return decided(grant_answer, Lent{store, requests, count}, plugin, by); });
}

std::int32_t tenon_revoke(tenon_str store, tenon_str plugin, const tenon_str* requests, std::uint64_t count,
                          tenon_str by, tenon_write_fn write, void* data, tenon_error* error) {
    return answer_with(write, data, error,
                       [&] { return decided(revoke_answer, Lent{store, requests, count}, plugin, by); });
}

std::int32_t tenon_revoke_all(tenon_str store, tenon_str plugin, tenon_str by, tenon_write_fn write, void* data,
                              tenon_error* error) {
    const auto all = [](const Decision& decision, std::span<const std::string>) { return revoke_all_answer(decision); };
    return answer_with(write, data, error, [&] { return decided(all, Lent{store, nullptr, 0}, plugin, by); });
}

std::int32_t tenon_audit(tenon_str store, tenon_str plugin, std::uint64_t last, tenon_write_fn write, void* data,
                         tenon_error* error) {
    return answer_with(write, data, error, [&]() -> base::Result<std::string> {
        if (write == nullptr) return bad_argument("`write` is NULL");
        if (base::Check problem = check_store(store)) return *problem;
        return audit_answer(std::string(view_of(store)), view_of(plugin), last);
    });
}

std::int32_t tenon_audit_verify(tenon_str store, tenon_str known, tenon_write_fn write, void* data,
                                tenon_error* error) {
    return answer_with(write, data, error, [&]() -> base::Result<std::string> {
        if (base::Check problem = check_store(store)) return *problem;
        return verify_answer(std::string(view_of(store)), view_of(known));
    });
}

std::int32_t tenon_machine(tenon_write_fn write, void* data, tenon_error* error) {
    return answer_with(write, data, error, [&]() -> base::Result<std::string> {
        if (write == nullptr) return bad_argument("`write` is NULL");
        return to_json(sandbox::look_at_machine());
    });
}
