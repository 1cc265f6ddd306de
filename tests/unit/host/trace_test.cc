#include "host/trace.h"

#include <pthread.h>
#include <unistd.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "base/clock.h"
#include "host/text.h"
#include "tests/support/catch.h"

using namespace tenon;
using host::Recorder;
using nlohmann::json;

namespace {

tenon_call_event event(std::string_view plugin, std::uint64_t begin, std::uint64_t end, std::uint32_t depth = 0) {
    tenon_call_event out{};
    out.struct_size = sizeof out;
    out.depth = depth;
    out.thread = ::gettid();
    out.plugin = host::borrow(plugin);
    out.hook = host::borrow("shop/price");
    out.begin_ns = begin;
    out.end_ns = end;
    return out;
}

std::string text_of(const host::Recording& recording) {
    std::string out;
    const auto append = [](void* to, tenon_str piece) -> std::uint32_t {
        static_cast<std::string*>(to)->append(host::view_of(piece));
        return 1;
    };
    host::Outlet outlet(append, &out);
    host::write_trace(recording, outlet);
    CHECK(outlet.finish() == TENON_OK);
    return out;
}

// What was recorded, as a reader of the file sees it.
struct File {
    explicit File(Recorder& recorder) : all(json::parse(text_of(recorder.take()))) {
        for (const json& one : all["traceEvents"]) (one["ph"] == "X" ? calls : others).push_back(one);
    }
    json all, calls = json::array(), others = json::array();
};

std::uint64_t ns(const json& microseconds) {
    return static_cast<std::uint64_t>(microseconds.get<double>() * 1000 + 0.5);
}

}  // namespace

TEST_CASE("a call becomes a complete event with its handler, status and depth") {
    Recorder recorder(10);
    tenon_call_event call = event("org.acme.resize", 5'000'000'000, 5'000'001'234, 2);
    call.handler = host::borrow("round");
    call.status = TENON_E_FAILED;
    recorder.record(call);
    const File file(recorder);
    CHECK(file.all["displayTimeUnit"] == "ns");
    CHECK(file.all["otherData"] == json({{"begin_ns", 5'000'000'000}, {"calls", 1}, {"dropped", 0}}));
    const json wanted{{"name", "org.acme.resize#round"},
                      {"cat", "shop/price"},
                      {"ph", "X"},
                      {"pid", ::getpid()},
                      {"tid", ::gettid()},
                      {"ts", 0.0},
                      {"dur", 1.234},
                      {"args",
                       {{"plugin", "org.acme.resize"},
                        {"hook", "shop/price"},
                        {"handler", "round"},
                        {"status", TENON_E_FAILED},
                        {"depth", 2}}}};
    REQUIRE(file.calls.size() == 1);
    CHECK(file.calls[0] == wanted);
}

TEST_CASE("times are exact to the nanosecond, from the earliest begin on") {
    Recorder recorder(10);
    recorder.record(event("late", 1'000'000'000'000'123, 1'000'000'000'000'124));
    recorder.record(event("early", 999'999'999'999'999, 1'000'000'000'001'000));
    recorder.record(event("backwards", 1'000'000'000'000'500, 1'000'000'000'000'400));
    const std::string text = text_of(recorder.take());
    CHECK(text.find(R"("ts":0.000,"dur":1.001)") != std::string::npos);
    CHECK(text.find(R"("ts":0.124,"dur":0.001)") != std::string::npos);
    CHECK(text.find(R"("ts":0.501,"dur":0.000)") != std::string::npos);
}

TEST_CASE("nested calls lie inside their callers, which stand before them in the file") {
    const base::Clock& clock = base::machine_clock();
    const base::Clock::Anchor anchor = clock.anchor();
    Recorder recorder(1000);
    const std::function<void(std::uint32_t)> call = [&](std::uint32_t depth) {
        const std::uint64_t begin = clock.ticks();
        for (int i = 0; i < 2 && depth < 5; ++i) call(depth + 1);
        recorder.record(event("org.acme.deep", clock.to_monotonic(begin, anchor),
                              clock.to_monotonic(clock.ticks(), anchor), depth));
    };
    call(0);
    const File file(recorder);
    REQUIRE(file.calls.size() == 63);
    std::vector<json> open;
    for (const json& inner : file.calls) {
        const auto depth = inner["args"]["depth"].get<std::size_t>();
        REQUIRE(depth <= open.size());
        open.resize(depth);
        if (!open.empty()) {
            const json& outer = open.back();
            REQUIRE(ns(inner["ts"]) >= ns(outer["ts"]));
            REQUIRE(ns(inner["ts"]) + ns(inner["dur"]) <= ns(outer["ts"]) + ns(outer["dur"]));
        }
        open.push_back(inner);
    }
}

TEST_CASE("calls that begin at the same time stand in the order of their depth") {
    Recorder recorder(10);
    recorder.record(event("inner", 100, 100, 2));
    recorder.record(event("middle", 100, 100, 1));
    recorder.record(event("outer", 100, 300, 0));
    const File file(recorder);
    CHECK(file.calls[0]["name"] == "outer");
    CHECK(file.calls[1]["name"] == "middle");
    CHECK(file.calls[2]["name"] == "inner");
}

TEST_CASE("calls beyond the limit are counted, not kept") {
    Recorder recorder(3);
    for (std::uint64_t i = 0; i < 10; ++i) recorder.record(event("org.acme.menu", i, i + 1));
    const File file(recorder);
    CHECK(file.calls.size() == 3);
    CHECK(file.all["otherData"]["dropped"] == 7);
    CHECK(file.all["otherData"]["calls"] == 3);
}

TEST_CASE("handlers beyond those that are kept are counted, too") {
    Recorder recorder(0);
    for (std::size_t i = 0; i < Recorder::most_names + 5; ++i) recorder.record(event(std::to_string(i), i, i + 1));
    recorder.record(event("0", 7, 8));
    const host::Recording recording = recorder.take();
    CHECK(recording.names.size() == Recorder::most_names);
    CHECK(recording.dropped == 5);
}

TEST_CASE("a name is known by its letters, wherever they are") {
    Recorder recorder(10);
    std::string name = "org.acme.one";
    recorder.record(event(name, 0, 1));
    name = "org.acme.two";  // in the same place
    recorder.record(event(name, 1, 2));
    recorder.record(event("org.acme.one", 2, 3));
    const host::Recording recording = recorder.take();
    CHECK(recording.names.size() == 2);
    CHECK(recording.calls.at(0).at(0).name->plugin == "org.acme.one");
    CHECK(recording.calls.at(0).at(1).name->plugin == "org.acme.two");
    CHECK(recording.calls.at(0).at(2).name == recording.calls.at(0).at(0).name);
}

TEST_CASE("an empty recording is a file, too") {
    Recorder recorder(10);
    const File file(recorder);
    CHECK(file.calls.empty());
    REQUIRE(file.others.size() == 1);
    CHECK(file.others[0]["name"] == "process_name");
}

TEST_CASE("names that are an attack, or no UTF-8, stay names") {
    Recorder recorder(10);
    tenon_call_event call = event("a\"},{\n\x1b\xff\\", 0, 1);
    call.hook = {nullptr, 0};
    recorder.record(call);
    const File file(recorder);
    CHECK(file.calls[0]["args"]["plugin"] == "a\"},{\n\x1b\uFFFD\\");
    CHECK(file.calls[0]["cat"] == "");
}

TEST_CASE("threads record at the same time, and each has its name in the file") {
    constexpr int threads = 8, calls = 3000;
    Recorder recorder(threads * calls - 100);
    std::vector<std::thread> all;
    for (int i = 0; i < threads; ++i)
        all.emplace_back([&recorder, i] {
            const std::string name = "worker " + std::to_string(i);
            ::pthread_setname_np(::pthread_self(), name.c_str());
            for (std::uint64_t j = 0; j < calls; ++j) recorder.record(event(name, j, j + 1));
        });
    for (std::thread& thread : all) thread.join();
    const File file(recorder);
    CHECK(file.calls.size() == threads * calls - 100);
    CHECK(file.all["otherData"]["dropped"] == 100);
    std::map<int, std::string> names;
    for (const json& other : file.others)
        if (other["name"] == "thread_name") names[other["tid"]] = other["args"]["name"];
    CHECK(names.size() == threads);
    std::uint64_t strangers = 0;
    for (const json& call : file.calls) strangers += call["name"] == names[call["tid"]] ? 0 : 1;
    CHECK(strangers == 0);
}

TEST_CASE("the name of a thread that only another one speaks of is not known") {
    Recorder recorder(10);
    tenon_call_event call = event("org.acme.menu", 0, 1);
    call.thread = 1;
    recorder.record(call);
    CHECK(recorder.take().threads.empty());
}
