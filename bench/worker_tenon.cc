#include "worker_tenon.h"

#include <cstring>
#include <memory>
#include <stdexcept>

#include "measure.h"
#include "worker_host.h"

namespace bench {

namespace {

// One thread's calls.
struct Calling {
    explicit Calling(Where where) : shop(where), scope(shop.host) {
        shop.load(worker_plugin());
        call = shop.host.hook<crossing_call_hook>().raw();
        change = shop.host.hook<crossing_change_hook>().raw();
        wrap = shop.host.hook<crossing_wrap_hook>().raw();
        weigh = shop.host.hook<crossing_weigh_hook>().raw();
    }
    void expect(std::int32_t verdict, std::int32_t wanted) {
        if (verdict != wanted) throw std::runtime_error("a dispatch ended with " + std::to_string(verdict));
        scope.reset();
    }

    Workshop shop;
    tenon::Scope scope;
    tenon_hook *call, *change, *wrap, *weigh;
};

// The host and its worker start on a thread that may run anywhere, as in an application: how many processors they may
// use decides whether they spin. Then the calling thread and the worker are bound.
std::shared_ptr<Calling> started(Where where, const Placement& placement) {
    unbind();
    auto calling = std::make_shared<Calling>(where);
    const std::vector<pid_t> workers = descendants();
    if (workers.empty() == (where != Where::in_process)) throw std::runtime_error("the plugin is in another place");
    bind_all(workers, placement.answerer);
    pin(placement.caller);
    return calling;
}

void first(Calling& calling, const char* request, char* reply) {
    crossing_block asked, answered = {};
    std::memcpy(&asked, request, sizeof asked);
    calling.expect(tenon_hook_call(calling.call, calling.scope.raw(), &asked, &answered), TENON_HANDLED);
    std::memcpy(reply, &answered, sizeof answered);
}

void filter(Calling& calling, const char* request, char* reply) {
    crossing_block value;
    std::memcpy(&value, request, sizeof value);
    calling.expect(tenon_hook_call(calling.change, calling.scope.raw(), nullptr, &value), TENON_CHANGED);
    std::memcpy(reply, &value, sizeof value);
}

std::int32_t body(void*, tenon_call*, const void* request, void* reply) {
    std::memcpy(reply, request, sizeof(crossing_block));
    ++static_cast<crossing_block*>(reply)->number;
    return TENON_HANDLED;
}

void around(Calling& calling, const char* request, char* reply) {
    crossing_block asked, answered = {};
    std::memcpy(&asked, request, sizeof asked);
    calling.expect(tenon_hook_around(calling.wrap, calling.scope.raw(), &asked, &answered, body, nullptr),
                   TENON_HANDLED);
    std::memcpy(reply, &answered, sizeof answered);
}

void weigh(Calling& calling, std::size_t size, const char* request, char* reply) {
    const crossing_parcel parcel = {{request, size}};
    crossing_sum answered = {};
    calling.expect(tenon_hook_call(calling.weigh, calling.scope.raw(), &parcel, &answered), TENON_HANDLED);
    std::memcpy(reply, &answered.sum, sizeof answered.sum);
}

using SmallTrip = void (*)(Calling&, const char* request, char* reply);

Crossing crossing(const std::string& name, Where where, SmallTrip small) {
    return {name, [where, small](const Placement& placement, std::size_t size) -> Trip {
                auto calling = started(where, placement);
                if (size == small_request)
                    return [calling, small](const char* request, char* reply) { small(*calling, request, reply); };
                return [calling, size](const char* request, char* reply) { weigh(*calling, size, request, reply); };
            }};
}

}  // namespace

Crossing in_process() {
    return crossing("Tenon, in process", Where::in_process, first);
}

Crossing worker_first() {
    return crossing("Tenon, worker", Where::in_worker, first);
}

Crossing worker_confined() {
    return crossing("Tenon, confined worker", Where::confined, first);
}

Crossing worker_filter() {
    return crossing("Tenon, worker, FILTER", Where::in_worker, filter);
}

Crossing worker_around() {
    return crossing("Tenon, worker, AROUND and back for the body", Where::in_worker, around);
}

}  // namespace bench
