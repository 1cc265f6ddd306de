// Collections of the host's store.
#include <fmt/format.h>
#include <tenon/status.h>

#include <algorithm>

#include "host/deputy.h"
#include "host/deputy_answer.h"
#include "sandbox/broker/refusal.h"

namespace tenon::host {

namespace broker = sandbox::broker;

bool Deputy::may_use(std::string_view collection, bool write) const {
    using manifest::Access;
    return std::ranges::any_of(granted_.permissions.collections, [&](const manifest::CollectionPermission& one) {
        const Access enough = write ? Access::write : Access::read;
        return one.name == collection && (one.access == enough || one.access == Access::read_write);
    });
}

std::int32_t Deputy::use_collection(const tenon_request& request, const Taker& taker) {
    if (const base::Check often = pay(uses_, 1, "uses of collections")) return refuse(*often, taker);
    const std::string_view name = view_of(request.subject);
    const bool write = request.kind == TENON_REQUEST_COLLECTION_PUT || request.kind == TENON_REQUEST_COLLECTION_REMOVE;
    if (!may_use(name, write))
        return refuse(
            broker::denied(fmt::format("collection:{}:{}", broker::shown(name, 64), write ? "write" : "read")), taker);
    if (!collections_)
        return refuse({"collection.no-store", fmt::format("collection:{}: this host has no store to keep it in", name),
                       "Name a file in tenon_host_options.store_file."},
                      taker);
    switch (request.kind) {
        case TENON_REQUEST_COLLECTION_GET:
            return get_item(request, taker);
        case TENON_REQUEST_COLLECTION_PUT:
            return put_item(request, taker);
        case TENON_REQUEST_COLLECTION_REMOVE:
            return remove_item(request, taker);
        default:
            return list_items(request, taker);
    }
}

namespace {

base::Problem no_item(const tenon_request& request) {
    return {"collection.no-item",
            fmt::format("collection:{}: there is no key \"{}\"", view_of(request.subject),
                        broker::shown(view_of(request.detail), 64)),
            ""};
}

}  // namespace

std::int32_t Deputy::get_item(const tenon_request& request, const Taker& taker) {
    const auto value = collections_->get(view_of(request.subject), view_of(request.detail));
    if (!value) return refuse(value.problem(), taker);
    if (!value.value()) return refuse(no_item(request), taker);
    tenon_answer answer = new_answer();
    answer.output = {value.value()->data(), value.value()->size()};
    taker(answer);
    return TENON_OK;
}

std::int32_t Deputy::put_item(const tenon_request& request, const Taker& taker) {
    // What is too large for a collection is said by it.
    const std::uint64_t bytes = std::min(request.detail.size + request.input.size, CollectionLimits{}.value_bytes);
    if (const base::Check often = pay(written_, bytes, "bytes written to collections")) return refuse(*often, taker);
    if (const base::Check problem =
            collections_->put(view_of(request.subject), view_of(request.detail), view_of(request.input)))
        return refuse(*problem, taker);
    taker(new_answer());
    return TENON_OK;
}

std::int32_t Deputy::remove_item(const tenon_request& request, const Taker& taker) {
    const base::Result<bool> removed = collections_->remove(view_of(request.subject), view_of(request.detail));
    if (!removed) return refuse(removed.problem(), taker);
    if (!removed.value()) return refuse(no_item(request), taker);
    taker(new_answer());
    return TENON_OK;
}

std::int32_t Deputy::list_items(const tenon_request& request, const Taker& taker) {
    const NamedTexts options = named_of(request.named);
    const bool known = options.empty() || (options.size() == 1 && options[0].first == "after");
    if (!known) return TENON_E_INVALID;
    const std::string after = options.empty() ? std::string() : options[0].second;
    const auto keys = collections_->keys(view_of(request.subject), {view_of(request.detail), after, most_named});
    if (!keys) return refuse(keys.problem(), taker);
    std::vector<tenon_named> named;
    for (const std::string& key : keys.value()) named.push_back({borrow(key), {}});
    tenon_answer answer = new_answer();
    answer.named = span_of(named);
    taker(answer);
    return TENON_OK;
}

}  // namespace tenon::host
