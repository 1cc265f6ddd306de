// What a host remembers and tells of its reloads.
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <thread>

#include "tests/reload/reload_fixture.h"

using namespace tenon;
using namespace tenon::test;

namespace {

constexpr std::uint64_t for_ever = 3'600'000'000'000;

// What is told, on whichever thread.
class Told {
public:
    explicit Told(ReloadShop& shop) : shop_(shop) { tenon_host_on_reload(shop.host.raw(), take, this); }
    ~Told() { tenon_host_on_reload(shop_.host.raw(), nullptr, nullptr); }
    Told(const Told&) = delete;
    Told& operator=(const Told&) = delete;

    std::vector<Reloaded> all() const {
        const std::lock_guard guard(lock_);
        return all_;
    }
    std::string verdicts() const {
        std::string text;
        for (const Reloaded& one : all())
            text += (text.empty() ? "" : ", ") + std::to_string(one.number) + " " +
                    tenon_reload_verdict_name(one.verdict) + (one.unmapped ? " unmapped" : "");
        return text;
    }

private:
    static void take(void* self, const tenon_reload_record* record) {
        Told& told = *static_cast<Told*>(self);
        const std::lock_guard guard(told.lock_);
        told.all_.push_back(Reloaded::of(*record));
    }
    ReloadShop& shop_;
    mutable std::mutex lock_;
    std::vector<Reloaded> all_;
};

// For tests/schema, which has them looked at.
void write_down(const std::vector<Reloaded>& records) {
    const char* const path = std::getenv("RELOAD_RECORDS");
    if (path == nullptr) return;
    std::ofstream file(path, std::ios::app);
    for (const Reloaded& record : records) file << record.json;
    REQUIRE(file.good());
}

tenon_reload_options on_probation(std::uint64_t time_ns = for_ever) {
    tenon_reload_options options = at_once();
    options.probation_ns = time_ns;
    return options;
}

}  // namespace

TEST_CASE("who listens is told each record, and again when it changes") {
    ReloadShop shop("tells_its_build");
    const Told told(shop);
    shop.reload();
    shop.reload_to("fails_to_start");
    shop.reload_to("b");
    CHECK(told.verdicts() == "1 unchanged, 2 refused, 3 reloaded unmapped");
    shop.reload_to("c", on_probation());
    CHECK(told.verdicts() == "1 unchanged, 2 refused, 3 reloaded unmapped, 4 on probation");
    rollback(shop.host.raw(), shop.id());
    CHECK(told.verdicts() == "1 unchanged, 2 refused, 3 reloaded unmapped, 4 on probation, 4 rolled back unmapped");
    shop.reload_to("a", on_probation(1));
    while (told.all().back().verdict != TENON_RELOADED) std::this_thread::yield();
    CHECK(told.verdicts() ==
          "1 unchanged, 2 refused, 3 reloaded unmapped, 4 on probation, 4 rolled back unmapped, 5 on probation, 5 "
          "reloaded unmapped");
    write_down(told.all());

    const std::vector<Reloaded> kept = reloads(shop.host.raw());  // each once, as it is now
    REQUIRE(kept.size() == 5);
    CHECK(kept[3].json == told.all()[4].json);
    CHECK(kept[4].json == told.all()[6].json);
    for (std::size_t i = 0; i < kept.size(); ++i) CHECK(kept[i].number == i + 1);
}

TEST_CASE("who listens is told when an old build has gone from memory at last") {
    ReloadShop shop("runs_the_till");
    const Told told(shop);
    std::atomic<bool> counting{false}, may_end{false};
    shop.on_price("hold-up", 0, [&](tenon_call*, shop_article&) {
        counting = true;
        while (!may_end) std::this_thread::yield();
        return TENON_CONTINUE;
    });
    const auto till = shop.host.service<shop_till_service>();
    std::thread customer([&] {
        Scope scope(shop.host);
        auto question = sized<shop_question>();
        question.text = str("slowly");
        static_cast<void>(till.ask<shop_till_count_method>(scope, question));
    });
    while (!counting) std::this_thread::yield();
    shop.reload_to("b");
    CHECK(told.verdicts() == "1 reloaded");
    const Reloaded held_up = told.all().back();
    CHECK(held_up.unmapped_reason == "unload.busy");
    CHECK(held_up.unmapped_text.find(
              "org.tenon.test.runs-the-till 1.0.0 is out of service but stays mapped: thread ") == 0);
    CHECK(held_up.unmapped_text.find(" in org.tenon.test.till/1/count()") != std::string::npos);
    may_end = true;
    customer.join();
    while (!told.all().back().unmapped) std::this_thread::yield();
    CHECK(told.all().back().number == 1);
    CHECK(told.all().back().unmapped_reason.empty());
    write_down(told.all());
}

TEST_CASE("nobody is told any more when listening has ended") {
    ReloadShop shop("tells_its_build");
    int times = 0;
    const auto count = [](void* data, const tenon_reload_record*) { ++*static_cast<int*>(data); };
    CHECK(tenon_host_on_reload(shop.host.raw(), count, &times) == TENON_OK);
    shop.reload();
    CHECK(tenon_host_on_reload(shop.host.raw(), nullptr, nullptr) == TENON_OK);
    shop.reload();
    CHECK(times == 1);
    CHECK(tenon_host_on_reload(nullptr, count, &times) == TENON_E_INVALID);
}

TEST_CASE("who listens may not reload, on the caller's thread or the host's") {
    struct Asks {
        ReloadShop* shop;
        std::atomic<int> times{0};
        std::atomic<std::int32_t> status[2] = {0, 0};
    };
    ReloadShop shop("tells_its_build");
    Asks asks{&shop};
    const auto reload_again = [](void* self, const tenon_reload_record*) {
        Asks& caller = *static_cast<Asks*>(self);
        const int at = caller.times.load();
        if (at < 2)
            caller.status[at] =
                tenon_host_reload(caller.shop->host.raw(), str(caller.shop->id()), nullptr, nullptr, nullptr, nullptr);
        caller.times = at + 1;
    };
    tenon_host_on_reload(shop.host.raw(), reload_again, &asks);
    shop.reload_to("b", on_probation(1));
    while (asks.times < 2) std::this_thread::yield();
    CHECK(asks.status[0] == TENON_E_BUSY);
    CHECK(asks.status[1] == TENON_E_BUSY);
    CHECK(reloads(shop.host.raw()).size() == 1);
    tenon_host_on_reload(shop.host.raw(), nullptr, nullptr);
}

TEST_CASE("records are of one plugin, or of all") {
    ReloadShop shop("tells_its_build");
    REQUIRE(shop.host.load(ReloadShop::build_of("counts_sales", "a")).all_active());
    shop.reload_to("b");
    const tenon_reload_options options = at_once();
    tenon::reload(shop.host.raw(), "org.tenon.test.counts-sales", &options);
    shop.reload_to("c");
    CHECK(reloads(shop.host.raw()).size() == 3);
    const std::vector<Reloaded> its_own = reloads(shop.host.raw(), shop.id());
    REQUIRE(its_own.size() == 2);
    CHECK(its_own[0].number == 1);
    CHECK(its_own[1].number == 3);
    CHECK(its_own[1].from_generation == its_own[0].to_generation);
    CHECK(reloads(shop.host.raw(), "org.tenon.test.counts-sales").size() == 1);
    CHECK(reloads(shop.host.raw(), "org.acme.nobody").empty());
    write_down(reloads(shop.host.raw()));
}

TEST_CASE("the last 256 records are kept, oldest first") {
    ReloadShop shop("tells_its_build");
    for (int i = 0; i < 260; ++i) REQUIRE(shop.reload().verdict == TENON_UNCHANGED);
    const std::vector<Reloaded> kept = reloads(shop.host.raw());
    REQUIRE(kept.size() == 256);
    for (std::size_t i = 0; i < kept.size(); ++i) CHECK(kept[i].number == i + 5);
}

TEST_CASE("a record tells both builds, and what the time went to") {
    ReloadShop shop("tells_its_build");
    const Reloaded record = shop.reload_to("next_version");
    CHECK(record.json.find("\"from\":{\"generation\":1,\"version\":\"1.0.0\",\"build\":\"") != std::string::npos);
    CHECK(record.json.find("\"to\":{\"generation\":2,\"version\":\"2.0.0\",\"build\":\"") != std::string::npos);
    CHECK(record.json.find("\"problem\":null") != std::string::npos);
    CHECK(record.json.find("\"mapped_because\":null}\n") == record.json.size() - 23);
    for (const std::uint32_t phase : {TENON_RELOAD_WAIT, TENON_RELOAD_STAGE, TENON_RELOAD_CHECK, TENON_RELOAD_LOAD,
                                      TENON_RELOAD_PUBLISH, TENON_RELOAD_RETIRE})
        CHECK(record.phase_ns[phase] > 0);
    for (const std::uint32_t phase : {TENON_RELOAD_CANARY, TENON_RELOAD_STATE, TENON_RELOAD_PROBATION})
        CHECK(record.phase_ns[phase] == 0);
}

TEST_CASE("verdicts and phases have names") {
    const auto names = [](auto name, std::uint32_t first, std::uint32_t count) {
        std::string text;
        for (std::uint32_t i = first; i < first + count; ++i) text += std::string(name(i)) + ", ";
        return text;
    };
    CHECK(names(tenon_reload_verdict_name, 0, 7) ==
          "unknown, reloaded, unchanged, refused, on probation, rolled back, unknown, ");
    CHECK(names(tenon_reload_phase_name, 0, TENON_RELOAD_PHASES + 1) ==
          "wait, stage, check, canary, load, start, state, publish, probation, retire, grace, unknown, ");
    CHECK(std::string(tenon_reload_verdict_name(UINT32_MAX)) == "unknown");
    CHECK(std::string(tenon_reload_phase_name(UINT32_MAX)) == "unknown");
}

TEST_CASE("a record is not written when it is none, or when it cannot be written") {
    tenon_reload_record record{};
    const auto keep = [](void* out, tenon_str text) -> std::uint32_t {
        *static_cast<std::string*>(out) = std::string(view(text));
        return 1;
    };
    const auto fail = [](void*, tenon_str) -> std::uint32_t { return 0; };
    std::string line;
    CHECK(tenon_reload_write(&record, keep, &line) == TENON_E_INVALID);  // its size is not set
    CHECK(tenon_reload_write(nullptr, keep, &line) == TENON_E_INVALID);
    record.struct_size = sizeof record;
    CHECK(tenon_reload_write(&record, nullptr, &line) == TENON_E_INVALID);
    CHECK(line.empty());
    CHECK(tenon_reload_write(&record, fail, nullptr) == TENON_E_IO);
    CHECK(tenon_reload_write(&record, keep, &line) == TENON_OK);
    CHECK(line.find("{\"number\":0,") == 0);
}
