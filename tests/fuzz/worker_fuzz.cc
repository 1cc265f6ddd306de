// Foreign bytes as the letters of a worker, from the lane to what the host is asked: each is answered, ends the call,
// or ends the worker. The first byte says which call the host makes. Then come letters: a byte, whose lowest bit says
// whether they name the right call, two bytes of size, and so many bytes. Once the worker has an annex, what follows
// the letter's head is in it, too.
#include <sys/socket.h>
#include <tenon/host.h>
#include <tenon/plugin.h>

#include <cstdlib>
#include <cstring>
#include <thread>

#include "base/arena.h"
#include "base/clock.h"
#include "sandbox/talk.h"
#include "tests/fixtures/worker/yard.h"
#include "tests/fuzz/worker_annexes.h"

namespace tenon::sandbox {

static void check(bool holds) {
    if (!holds) std::abort();
}

// Reads all of it, so that a sanitizer sees what is not there.
static void read(tenon_str text) {
    static volatile unsigned sum = 0;
    for (std::uint64_t i = 0; i < text.size; ++i) sum = sum + static_cast<unsigned char>(text.data[i]);
}
static void read(const void* item) {
    if (item == nullptr) return;
    yard_item known{};
    std::memcpy(&known, item, sizeof known);
    read(known.text);
}

// What the worker's wishes come to.
struct FakeCall : tenon_call {
    base::Arena arena{std::uint64_t{1} << 24};
};
struct FakePending : tenon_pending {
    base::Arena arena{std::uint64_t{1} << 24};
};
struct FakePlugin : tenon_plugin {
    FakeCall* call = nullptr;
};

static FakePending* pending_of_call = nullptr;

constexpr tenon_call_ops call_ops = {
    sizeof(tenon_call_ops),
    0,
    [](tenon_call* call, uint64_t size, uint64_t alignment) {
        return static_cast<FakeCall*>(call)->arena.alloc(size, alignment);
    },
    [](tenon_call*, int32_t code, tenon_str text) {
        read(text);
        return code < 0 ? code : std::int32_t{TENON_E_FAILED};
    },
    [](const tenon_call*) { return 0u; },
    [](const tenon_call*) { return UINT64_MAX; },
    [](tenon_call*, tenon_hook*, const void* request, void* reply) {
        read(request);
        read(reply);
        return std::int32_t{TENON_HANDLED};
    },
    [](tenon_call*, tenon_service*, uint32_t, const void* request, void* reply) {
        read(request);
        read(reply);
        return std::int32_t{TENON_OK};
    },
    [](const tenon_call*, tenon_error*) { return std::int32_t{TENON_E_NOT_FOUND}; },
    [](tenon_call*) { return std::int32_t{TENON_OK}; },
    [](tenon_call*, const void* element) {
        read(element);
        return std::int32_t{TENON_OK};
    },
    [](tenon_call*, tenon_pending** out) {
        if (out == nullptr) return std::int32_t{TENON_E_INVALID};
        *out = pending_of_call;
        return std::int32_t{TENON_OK};
    },
};
constexpr tenon_pending_ops pending_ops = {
    sizeof(tenon_pending_ops),
    0,
    [](tenon_pending* pending, uint64_t size, uint64_t alignment) {
        return static_cast<FakePending*>(pending)->arena.alloc(size, alignment);
    },
    [](const tenon_pending*) { return 1u; },
    [](tenon_pending*, int32_t, const void* reply, tenon_str text) {
        read(reply);
        read(text);
        return std::int32_t{TENON_OK};
    },
};
constexpr tenon_plugin_ops plugin_ops = {
    sizeof(tenon_plugin_ops),
    0,
    [](tenon_plugin*, uint32_t, tenon_str text) { read(text); },
    [](tenon_plugin*, const tenon_handler* handler, void*, const tenon_handler_options* options,
       tenon_registration** out) {
        read(handler->contract);
        read(handler->hook);
        *out = nullptr;
        if (options == nullptr) return std::int32_t{TENON_E_INVALID};
        read(options->name);
        for (const tenon_span* list : {&options->before, &options->after})
            for (std::uint64_t i = 0; i < list->count; ++i) read(static_cast<const tenon_str*>(list->data)[i]);
        *out = reinterpret_cast<tenon_registration*>(out);
        return std::int32_t{TENON_OK};
    },
    [](tenon_plugin*, tenon_registration*, uint32_t) { return std::int32_t{TENON_OK}; },
    [](tenon_plugin* plugin, int32_t (*body)(void* data, tenon_call* call), void* data) {
        return body(data, static_cast<FakePlugin*>(plugin)->call);
    },
    [](tenon_plugin*, tenon_bytes entry) {
        read(tenon_str{static_cast<const char*>(entry.data), entry.size});
        return std::int32_t{TENON_OK};
    },
    [](tenon_plugin*, const tenon_request* request, tenon_take_fn take, void* data) {
        for (const tenon_str text : {request->subject, request->detail}) read(text);
        read(tenon_str{static_cast<const char*>(request->input.data), request->input.size});
        for (std::uint64_t i = 0; i < request->named.count; ++i) {
            read(static_cast<const tenon_named*>(request->named.data)[i].name);
            read(static_cast<const tenon_named*>(request->named.data)[i].value);
        }
        const tenon_answer answer{sizeof answer, 7, -1, 0, request->input, request->named, request->subject};
        take(data, &answer);
        return std::int32_t{TENON_OK};
    },
};
constexpr tenon_init_ops init_ops = {
    sizeof(tenon_init_ops),
    0,
    [](tenon_init*) -> tenon_plugin* { return nullptr; },
    [](tenon_init*, tenon_str id, tenon_service**) {
        read(id);
        return std::int32_t{TENON_OK};
    },
    [](tenon_init*, tenon_str contract, tenon_str hook, tenon_hook**) {
        read(contract);
        read(hook);
        return std::int32_t{TENON_OK};
    },
    [](tenon_init*) { return tenon_str{"resources", 9}; },
    [](tenon_init*) { return tenon_str{"data", 4}; },
    [](tenon_init*, int32_t code, tenon_str text) {
        read(text);
        return code;
    },
};

struct Nobody final : Superior {
    Limits limits(const tenon_call*) noexcept override { return {}; }
    void lost(const tenon_call*) noexcept override {}
    std::int32_t fail(tenon_call*, std::int32_t code, const base::Problem&) noexcept override { return code; }
    void printed(std::string_view) noexcept override {}
    void last_words(std::string_view) noexcept override {}
    void ending() noexcept override {}
    void ended(const base::Problem&) noexcept override {}
    void closed() noexcept override {}
};

// The worker: each time that it has the word it says the next of the letters, and when there are none, it ends the
// call.
static void play(LaneEnd end, int control, std::string_view letters) {
    WorkerAnnexes annexes(control);
    std::uint64_t innermost = 0;
    while (end.wait(base::monotonic_ns() + 2'000'000'000) == Heard::frame) {
        const Head heard = annexes.hear(end.heard());
        if (heard.kind == Kind::close) return;
        if (heard.call != 0) innermost = heard.call;
        Head head;
        head.kind = Kind::returned;
        std::string frame(reinterpret_cast<const char*>(&head), sizeof head);
        bool right = true;
        if (letters.size() > 3) {
            right = (letters[0] & 1) != 0;
            std::uint16_t size = 0;
            std::memcpy(&size, letters.data() + 1, sizeof size);
            letters.remove_prefix(3);
            frame = letters.substr(0, size);
            letters.remove_prefix(frame.size());
        }
        if (right && frame.size() >= sizeof head) std::memcpy(frame.data() + offsetof(Head, call), &innermost, 8);
        if (frame.size() > sizeof head) annexes.say(std::string_view(frame).substr(sizeof head));
        std::memcpy(end.frame().data(), frame.data(), frame.size());
        end.post(static_cast<std::uint32_t>(frame.size()));
    }
}

// A client without a process, whose lane is in this one.
class ClientOnALane {
public:
    ClientOnALane() : client_(workshop_, nobody_, options()) {
        check(!client_.read_contracts());
        int ends[2];
        check(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
        client_.control_ = base::Fd(ends[0]);
        workers_control_ = base::Fd(ends[1]);
        client_.gone_.store(false);
        client_.plugin_ = &plugin_;
        client_.init_ = &init_;
        client_.hooks_.push_back({nullptr, client_.contracts_->hook(YARD_ID, "inner")});
        client_.hooks_.push_back({nullptr, client_.contracts_->hook(YARD_ID, "list")});
        client_.services_.push_back({nullptr, {client_.contracts_->hook(YARD_ID, "inner").types}});
        plugin_.ops = &plugin_ops;
        plugin_.call = &call_;
        init_.ops = &init_ops;
        call_.ops = &call_ops;
        pending_.ops = &pending_ops;
        pending_of_call = &pending_;
    }
    ~ClientOnALane() { client_.gone_.store(true); }
    ClientOnALane(const ClientOnALane&) = delete;
    ClientOnALane& operator=(const ClientOnALane&) = delete;

    void converse(std::uint8_t which, std::string_view letters) {
        Region mine = Region::make(outbox_size(lane_room), Writer::host).take();
        Region theirs = Region::make(outbox_size(lane_room), Writer::worker).take();
        Region to_read = Region::map(base::Fd(::dup(mine.fd())), outbox_size(lane_room), Writer::host).take();
        Region to_write = Region::map(base::Fd(::dup(theirs.fd())), outbox_size(lane_room), Writer::worker).take();
        std::thread worker(play, LaneEnd::of_worker(std::move(to_write), std::move(to_read)), workers_control_.get(),
                           letters);
        ClientLane lane(1, LaneEnd::of_host(std::move(mine), std::move(theirs), {nullptr, &client_.gone_}), client_,
                        traffic_);
        call(which, lane);
        Head close;
        close.kind = Kind::close;
        lane.post(close);
        worker.join();
    }

private:
    static ClientOptions options() {
        ClientOptions options;
        options.name = "fuzz";
        options.policy.level = Level::strict;  // so that its annexes are small, and quickly made
        options.policy.ceilings.memory_bytes = 8u << 20;
        for (const tenon_record& record : yard_contract::records) options.offered.push_back(record);
        return options;
    }
    void call(std::uint8_t which, ClientLane& lane) {
        static constexpr const char* names[] = {"ask", "change", "list", "later"};
        const Contracts::Hook hook = client_.contracts_->hook(YARD_ID, names[which % 4]);
        const Thunk thunk{&client_, 1, hook.types, hook.kind, 0};
        yard_item item{};
        item.struct_size = sizeof item;
        const bool outside = which >= 128;
        void* const reply = hook.kind == TENON_COLLECT || outside ? nullptr : &item;
        Talk talk(client_, lane, outside ? nullptr : &call_, outside ? nullptr : &thunk, reply);
        Head head;
        head.kind = outside ? Kind::create : Kind::invoke;
        Letter letter;
        const Talk::End end = talk.run(head, [](Composer&) {}, letter);
        check(end.arrived || client_.has_ended());
        if (end.arrived && letter.has(0)) static_cast<void>(decode_entry(std::string(letter.text(0))));
        read(reply);
    }

    base::Fd workers_control_;
    Workshop workshop_;
    Nobody nobody_;
    FakeCall call_;
    FakePending pending_;
    FakePlugin plugin_;
    tenon_init init_{};
    Traffic traffic_;
    Client client_;
};

}  // namespace tenon::sandbox

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    tenon::sandbox::ClientOnALane client;
    client.converse(data[0], {reinterpret_cast<const char*>(data) + 1, size - 1});
    return 0;
}
