// What becomes of the build that does not serve any more.
#include <malloc.h>

#include <atomic>
#include <thread>

#include "tests/reload/relay_fixture.h"
#include "tests/support/machine_has.h"

using namespace tenon;
using namespace tenon::test;

namespace {

std::size_t entries_in(const std::string& folder) {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++count;
    return count;
}

std::size_t libraries_in(const std::string& folder) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        count += entry.path().extension() == ".so" ? 1 : 0;
    return count;
}

// Lines of /proc/self/maps of that text.
std::size_t maps_with(const std::string& text) {
    std::ifstream maps("/proc/self/maps");
    std::size_t count = 0;
    for (std::string line; std::getline(maps, line);) count += line.find(text) != std::string::npos ? 1 : 0;
    return count;
}

std::uint64_t answer_of(const RelayHost& relay) {
    Scope scope(*relay.host);
    auto answer = sized<relay_item>();
    return relay.hook<relay_first_hook>()(scope, relay_question(1), answer) == TENON_HANDLED ? answer.serial : 0;
}

}  // namespace

TEST_CASE("a thousand reloads leave nothing behind") {
    RelayHost relay({"relay"});
    const auto reload = [&](int times) {
        RelayCaller caller(relay);
        for (int i = 0; i < times; ++i) {
            const Reloaded record = relay.reload();
            INFO(record.json);
            REQUIRE(record.verdict == TENON_RELOADED);
            REQUIRE(record.unmapped);
            caller.call_all();
        }
        CHECK(caller.lost + caller.failed + caller.stray + caller.older == 0);
    };
    reload(300);  // the host's list of records is full then
    const std::size_t maps = maps_with(relay.private_folder.path()), descriptors = entries_in("/proc/self/fd"),
                      files = libraries_in(relay.private_folder.path());
    // Tables double now and then, hence more than one thousand; what leaks leaks in each of them.
    std::size_t bytes = 0, bytes_now = SIZE_MAX;
    for (int thousand = 0; thousand < 4 && bytes_now > bytes + 64 * 1024; ++thousand) {
        bytes = ::mallinfo2().uordblks;
        reload(sanitized ? 50 : 1000);
        bytes_now = ::mallinfo2().uordblks;
    }
    CHECK(maps_with(relay.private_folder.path()) == maps);
    CHECK(relay.mapped() == 1);
    CHECK(entries_in("/proc/self/fd") == descriptors);
    CHECK(files == 2);  // the one that runs, and the one before it
    CHECK(libraries_in(relay.private_folder.path()) == files);
    if (machine_has(!sanitized, "heap that no sanitizer replaces")) {
        INFO(bytes << " bytes before, " << bytes_now << " now");
        CHECK(bytes_now <= bytes + 64 * 1024);
    }
    CHECK(reloads(relay.host->raw()).size() == 256);
}

#if defined(__GNUC__) && !defined(__clang__)
TEST_CASE("a build that stays in memory because of a unique symbol is reported with the symbol") {
    RelayHost relay({"pinned_by_unique"});
    CHECK(answer_of(relay) == 1);
    const Reloaded record = relay.reload();
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK_FALSE(record.unmapped);
    CHECK(record.unmapped_reason == "unmap.gnu-unique");
    CHECK(record.unmapped_text.find("org.tenon.test.pinned-by-unique 1.0.0: ") == 0);
    CHECK(record.unmapped_text.find(relay.file().id() + ".g" + std::to_string(record.from_generation) + ".") !=
          std::string::npos);
    CHECK(record.unmapped_text.find("stays in memory: its symbol _ZN7CounterIiE11one_for_allE is GNU_UNIQUE; compile "
                                    "with -fno-gnu-unique or link with a version script") != std::string::npos);
    CHECK(answer_of(relay) == 2);
    CHECK(relay.mapped() == 2);
}
#endif

TEST_CASE("a plugin that stays in memory with each reload is reloaded sixteen times and no more") {
    RelayHost relay({"never_deleted"});
    for (int i = 0; i < 16; ++i) {
        const Reloaded record = relay.reload();
        INFO(record.json);
        CHECK(record.verdict == TENON_RELOADED);
        CHECK(record.unmapped_reason == "unmap.nodelete");
    }
    const Reloaded refused = relay.reload();
    INFO(refused.json);
    CHECK(refused.verdict == TENON_REFUSED);
    CHECK(refused.reason == "reload.too-many-retired");
    CHECK(refused.text == "16 generations of plugins are out of service and still mapped");
    CHECK(answer_of(relay) == 17);
    CHECK(relay.mapped() == 17);
    const Report report = relay.host->plugins();
    CHECK(report.size() == 17);
    CHECK(report[0].state == TENON_STATE_RETIRED);
}

TEST_CASE("a build that a thread-local variable of a living thread keeps is reported, and goes after that thread") {
    RelayHost relay({"pinned_by_thread_local"});
    std::atomic<bool> called{false}, ends{false};
    std::thread living([&] {
        answer_of(relay);
        called = true;
        while (!ends) std::this_thread::yield();
    });
    REQUIRE(comes([&] { return called.load(); }));
    const Reloaded record = relay.reload();
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK_FALSE(record.unmapped);
    CHECK(record.unmapped_reason == "unmap.still-referenced");
    CHECK(record.unmapped_text.find("stays in memory: something refers to it: a thread-local variable with a "
                                    "destructor, or another loaded library") != std::string::npos);
    CHECK(relay.mapped() == 2);
    ends = true;
    living.join();
    CHECK(relay.reload().unmapped);  // glibc looks at the others when it closes one
    CHECK(relay.mapped() == 1);
    CHECK(relay.host->collect() == 0);
    CHECK(relay.record(record.number).unmapped);
    CHECK(relay.record(record.number).unmapped_reason.empty());
    CHECK(relay.reload().verdict == TENON_RELOADED);
    CHECK(relay.host->plugins().size() == 1);
}

TEST_CASE("a build that has left a thread running is reported, and goes when the thread has ended") {
    TemporaryFolder data;
    tenon_host_options options = reload_options();
    options.data_folder = str(data.path());
    RelayHost relay({"leaves_a_thread_running"}, options);
    const Reloaded record = relay.reload();
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK_FALSE(record.unmapped);
    CHECK(record.unmapped_reason == "unload.thread-left");
    CHECK(record.unmapped_text ==
          "org.tenon.test.leaves-a-thread-running 1.0.0 is out of service but stays mapped: a thread of its own is in "
          "tenon_plugin run or request");
    CHECK(relay.mapped() == 2);
    std::ofstream(data.path() + "/" + relay.file().id() + "/go") << "go";
    CHECK(comes([&] { return relay.record(record.number).unmapped; }));
    CHECK(relay.mapped() == 1);
}

TEST_CASE("a host that never unmaps says so, and reloads as often as it is asked to") {
    RelayHost relay({"relay"}, reload_options(TENON_RELOAD_NEVER_UNMAP));
    const Reloaded record = relay.reload();
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK_FALSE(record.unmapped);
    CHECK(record.unmapped_reason == "unmap.kept");
    CHECK(record.unmapped_text.find("org.tenon.test.relay 1.0.0: ") == 0);
    CHECK(record.unmapped_text.find("stays in memory: the host never unmaps (TENON_RELOAD_NEVER_UNMAP)") !=
          std::string::npos);
    CHECK(relay.mapped() == 2);
    for (int i = 0; i < 20; ++i) CHECK(relay.reload().verdict == TENON_RELOADED);
    CHECK(answer_of(relay) == 22);
    CHECK(relay.mapped() == 22);
    CHECK(libraries_in(relay.private_folder.path()) == 2);
}
