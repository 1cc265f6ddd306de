// What may happen to a plugin's file: the host never faults, and serves the last build that is whole.
#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <cstring>

#include "tests/reload/files_fixture.h"

using namespace tenon;
using namespace tenon::test;

namespace {

// Nobody writes to it: whoever finds it too short need not wait.
tenon_reload_options without_waiting() {
    tenon_reload_options options = at_once();
    options.wait_timeout_ns = 1'000'000;
    return options;
}

struct Outcomes {
    int refused = 0, served = 0;
};

// Puts damaged bytes in the plugin's place. Whatever part of the library they lack, "a" goes on; where they lack
// nothing that matters, "b" serves.
void try_damaged(FileShop& shop, const std::string& bytes, Outcomes& outcomes) {
    write_bytes(shop.folder() + "/next", bytes);
    std::filesystem::rename(shop.folder() + "/next", shop.path());
    const Reloaded record = shop.reload(without_waiting());
    INFO(record.json);
    if (record.verdict == TENON_REFUSED) {
        ++outcomes.refused;
        CHECK_FALSE(record.reason.empty());
        CHECK_FALSE(record.text.empty());
        CHECK(shop.serving() == "a");
        return;
    }
    ++outcomes.served;
    REQUIRE(record.verdict == TENON_RELOADED);
    CHECK(shop.serving() == "b");
    CHECK(shop.answer() == "b");
    REQUIRE(shop.reload_to("a").verdict == TENON_RELOADED);
}

// Without symbols and debug information: small, and every byte matters.
std::string small_build() {
    const std::string stripped = std::filesystem::temp_directory_path() / "tenon-small-build.XXXXXX";
    std::string path = stripped;
    const int file = ::mkstemp(path.data());
    REQUIRE(file >= 0);
    ::close(file);
    REQUIRE(succeeds("strip -o '" + path + "' '" + ReloadShop::build_of("tells_its_build", "b") + "'"));
    std::string bytes = bytes_of(path);
    std::filesystem::remove(path);
    return bytes;
}

constexpr std::size_t step = 512;

}  // namespace

TEST_CASE("no prefix of a library makes the host fault, and the running build serves on") {
    FileShop shop;
    const std::string whole = small_build();
    Outcomes outcomes;
    for (std::size_t size = 0; size < whole.size(); size += step) try_damaged(shop, whole.substr(0, size), outcomes);
    CHECK(outcomes.refused > 10);
    CHECK(mapped_generations(shop.id()) == 1);
    CHECK(shop.reload_to("b").verdict == TENON_RELOADED);
}

TEST_CASE("no library whose end is all zeros makes the host fault, and the running build serves on") {
    FileShop shop;
    const std::string whole = small_build();
    Outcomes outcomes;
    for (std::size_t size = 0; size < whole.size(); size += step)
        try_damaged(shop, whole.substr(0, size) + std::string(whole.size() - size, '\0'), outcomes);
    CHECK(outcomes.refused > 10);
    CHECK(mapped_generations(shop.id()) == 1);
    CHECK(shop.reload_to("b").verdict == TENON_RELOADED);
}

TEST_CASE("a writer that pauses with the file open ends in one reload, after it has closed it") {
    FileShop shop;
    shop.load_marker();
    shop.watch();
    const std::string bytes = bytes_of(ReloadShop::build_of("tells_its_build", "b"));
    const int file = ::open(shop.path().c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
    REQUIRE(file >= 0);
    const auto half = static_cast<ssize_t>(bytes.size() / 2);
    REQUIRE(::write(file, bytes.data(), bytes.size() / 2) == half);

    tenon_reload_options impatient = at_once();
    impatient.wait_timeout_ns = 50'000'000;
    const Reloaded by_hand = shop.reload(impatient);
    CHECK(by_hand.verdict == TENON_REFUSED);
    CHECK(by_hand.reason == "reload.being-written");
    CHECK(by_hand.text.find(shop.path() + ": is still being written: it was open for writing after ") == 0);
    CHECK(shop.serving() == "a");

    const auto rest = static_cast<ssize_t>(bytes.size()) - half;
    REQUIRE(::write(file, bytes.data() + half, static_cast<std::size_t>(rest)) == rest);
    ::close(file);
    CHECK(shop.comes_to_serve("b"));
    shop.settle();
    CHECK(shop.count(shop.id(), TENON_RELOADED) == 1);
    CHECK(shop.count(shop.id(), TENON_REFUSED) == 1);  // the one by hand
}

TEST_CASE("a watched file may be overwritten in place while calls go on") {
    FileShop shop;
    shop.watch();
    std::atomic<bool> go_on{true};
    std::atomic<std::uint64_t> calls{0}, strange{0};
    std::thread caller([&] {
        Scope scope(shop.host);
        while (go_on) {
            auto question = sized<shop_question>();
            auto answer = sized<shop_answer>();
            scope.reset();
            const bool handled = shop.ask()(scope, question, answer) == TENON_HANDLED;
            const std::string_view text = view(answer.text);
            strange += handled && (text == "a" || text == "b") ? 0 : 1;
            ++calls;
        }
    });
    for (int i = 0; i < 10; ++i) {
        const std::string build = i % 2 == 0 ? "b" : "a";
        write_bytes(shop.path(), bytes_of(ReloadShop::build_of("tells_its_build", build)));
        CHECK(shop.comes_to_serve(build));
    }
    go_on = false;
    caller.join();
    CHECK(calls > 0);
    CHECK(strange == 0);
}

TEST_CASE("touch, chmod and a file of the same bytes are unchanged") {
    FileShop shop;
    shop.load_marker();
    shop.watch();
    const std::string quoted = "'" + shop.path() + "'";
    const std::string same = "'" + ReloadShop::build_of("tells_its_build", "a") + "'";
    for (const std::string& command : {"touch " + quoted, "cp " + same + " " + quoted,
                                       "cp " + same + " " + quoted + ".new && mv " + quoted + ".new " + quoted}) {
        INFO(command);
        const std::size_t before = shop.records().size();
        REQUIRE(succeeds(command));
        CHECK(shop.comes(TENON_UNCHANGED, before));
    }
    REQUIRE(succeeds("chmod 700 " + quoted));  // of which nobody is told
    CHECK(shop.reload().verdict == TENON_UNCHANGED);
    shop.settle();
    CHECK(shop.count(shop.id(), TENON_UNCHANGED) == shop.records().size());
    CHECK(shop.serving() == "a");
}

TEST_CASE("of a hundred rapid rebuilds the last one serves") {
    FileShop shop;
    shop.load_marker();
    shop.watch();
    const char* const builds[] = {"a", "b", "c"};
    const bool in_place = GENERATE(false, true);
    INFO((in_place ? "overwritten in place" : "renamed"));
    for (int i = 0; i < 100; ++i) {
        const std::string build = builds[i % 3];
        if (in_place)
            write_bytes(shop.path(), bytes_of(ReloadShop::build_of("tells_its_build", build)));
        else
            shop.put(build);
    }
    shop.put("b");
    CHECK(shop.comes_to_serve("b"));
    shop.settle();
    CHECK(shop.serving() == "b");
    if (!in_place) CHECK(shop.count(shop.id(), TENON_REFUSED) == 0);
    CHECK(shop.reload().verdict == TENON_UNCHANGED);
}

TEST_CASE("a file that is deleted and made again is reloaded, and the running build does not need it") {
    FileShop shop;
    shop.load_marker();
    shop.watch();
    std::filesystem::remove(shop.path());
    shop.settle();
    CHECK(shop.serving() == "a");
    CHECK(shop.records().empty());
    const Reloaded record = shop.reload(without_waiting());
    CHECK(record.reason == "reload.missing");
    CHECK(record.text == shop.path() + ": there is no such file");
    shop.put("b");
    CHECK(shop.comes_to_serve("b"));
}

TEST_CASE("a link that leads elsewhere is a new build, whether it is the file's or its folder's") {
    FileShop shop;
    const std::string folder = shop.folder();
    for (const char* build : {"b", "c"}) {
        std::filesystem::create_directory(folder + "/" + build);
        std::filesystem::copy_file(ReloadShop::build_of("tells_its_build", build), folder + "/" + build + "/plugin.so");
    }
    shop.watch();
    const auto flip = [&](const std::string& target, const std::string& link) {
        std::filesystem::create_symlink(target, folder + "/flip");
        std::filesystem::rename(folder + "/flip", folder + "/" + link);
    };
    flip("b", "current");
    flip("current/plugin.so", "plugin.so");
    CHECK(shop.comes_to_serve("b"));
    flip("c", "current");
    CHECK(shop.comes_to_serve("c"));
    flip("b/plugin.so", "plugin.so");
    CHECK(shop.comes_to_serve("b"));
}

TEST_CASE("what is no library of this machine is refused with its reason, and watching goes on") {
    FileShop shop;
    shop.watch();
    const auto refused = [&](const std::string& reason) {
        const Reloaded record = shop.reload(without_waiting());
        INFO(record.json);
        CHECK(record.verdict == TENON_REFUSED);
        CHECK(record.reason == reason);
        CHECK(record.text.find(shop.path()) == 0);
        CHECK(shop.serving() == "a");
    };
    const auto put = [&](const std::string& bytes) {
        write_bytes(shop.folder() + "/next", bytes);
        std::filesystem::rename(shop.folder() + "/next", shop.path());
    };
    put(std::string(1000, 'x'));
    refused("image.not-elf");

    std::string foreign = bytes_of(ReloadShop::build_of("tells_its_build", "b"));
    Elf64_Ehdr header{};
    std::memcpy(&header, foreign.data(), sizeof header);
    header.e_machine = EM_S390;
    std::memcpy(foreign.data(), &header, sizeof header);
    put(foreign);
    refused("image.wrong-machine");

    std::filesystem::remove(shop.path());
    REQUIRE(::mkfifo(shop.path().c_str(), 0700) == 0);
    CHECK(shop.Told::wait(shop.id(), [](const auto& all) {
        return !all.empty() && all.back().reason == "file.not-regular" && all.back().trigger == "file changed";
    }));
    refused("file.not-regular");

    std::filesystem::remove(shop.path());
    std::filesystem::create_directory(shop.path());
    refused("file.not-regular");
    std::filesystem::remove(shop.path());

    shop.put("b");
    CHECK(shop.comes_to_serve("b"));
}

TEST_CASE("a file that may not be read is refused") {
    FileShop shop;
    shop.put("b");
    REQUIRE(::chmod(shop.path().c_str(), 0) == 0);
    const bool root = ::geteuid() == 0;  // may read everything
    if (root) {
        REQUIRE(::chmod(shop.folder().c_str(), 0755) == 0);
        REQUIRE(::seteuid(65534) == 0);
    }
    const Reloaded record = shop.reload(without_waiting());
    if (root) REQUIRE(::seteuid(0) == 0);
    INFO(record.json);
    CHECK(record.verdict == TENON_REFUSED);
    CHECK(record.reason == "file.unreadable");
    CHECK(record.text == shop.path() + ": cannot be read: Permission denied");
    CHECK(shop.serving() == "a");
    REQUIRE(::chmod(shop.path().c_str(), 0500) == 0);
    CHECK(shop.reload(without_waiting()).verdict == TENON_RELOADED);
    CHECK(shop.serving() == "b");
}

TEST_CASE("files that are polled are reloaded, too, and the log says that they are polled, and why") {
    FileShop shop;
    shop.watch(1);
    shop.put("b");
    CHECK(shop.comes_to_serve("b"));
    CHECK(shop.said(shop.path() + " is looked at every so often: asked for"));
    CHECK(shop.comes(TENON_RELOADED));
    CHECK(shop.records().back().trigger == "file changed");
}

TEST_CASE("a host for development watches from loading on") {
    FileShop shop(TENON_RELOAD_DEVELOPMENT);
    shop.put("b");
    CHECK(shop.comes_to_serve("b"));
    CHECK(shop.comes(TENON_RELOADED));  // at the end of its probation
    CHECK(shop.records().size() == 1);
    CHECK(tenon_host_watch(shop.host.raw(), nullptr, nullptr) == TENON_E_STATE);
}
