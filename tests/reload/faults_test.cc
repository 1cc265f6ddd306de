// What the operating system refuses in the middle of a reload: the old build serves, nothing is left behind, and the
// next reload works. And what a process that is killed in the middle of one leaves, the next one removes.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/reload/faulty_memory.h"
#include "tests/reload/reload_fixture.h"
#include "tests/support/machine_has.h"

using namespace tenon;
using namespace tenon::test;

namespace {

std::size_t entries(const std::string& folder) {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::recursive_directory_iterator(folder)) ++count;
    return count;
}

std::size_t descriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
    return count;
}

class Folder {
public:
    Folder() : path_((std::filesystem::temp_directory_path() / "tenon-faults-XXXXXX").string()) {
        if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no temporary folder");
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

tenon_host_options in_folder(const std::string& folder) {
    tenon_host_options options = reload_options();
    options.private_folder = str(folder);
    return options;
}

// What came of a reload, without an allocation.
struct Said {
    std::int32_t status = 0;
    std::uint32_t verdict = 0;
    std::string reason, text;
    bool struck = false;
};

Said reload_with(ReloadShop& shop, Fault kind, std::uint64_t nth) {
    tenon_reload_options options = at_once();
    tenon_error error = TENON_ERROR_INIT;
    std::uint32_t verdict = 0;
    const auto note = [](void* data, const tenon_reload_record* record) {
        *static_cast<std::uint32_t*>(data) = record->verdict;
    };
    arm(kind, nth);
    const std::int32_t status = tenon_host_reload(shop.host.raw(), str(shop.id()), &options, note, &verdict, &error);
    const bool struck = disarm();
    return {status, verdict, error.reason, error.text, struck};
}

// The state of things that no failed reload may change.
class Traces {
public:
    explicit Traces(const std::string& folder) : folder_(folder) {}
    void compare(const ReloadShop& shop) const {
        CHECK(descriptors() == descriptors_);
        CHECK(entries(folder_) == entries_);
        CHECK(mapped_generations(shop.id()) == 1);
    }

private:
    std::string folder_;
    std::size_t descriptors_ = descriptors(), entries_ = entries(folder_);
};

class Limit {
public:
    Limit(__rlimit_resource what, rlim_t soft) : what_(what) {
        REQUIRE(::getrlimit(what, &before_) == 0);
        const struct rlimit lowered{soft, before_.rlim_max};
        REQUIRE(::setrlimit(what, &lowered) == 0);
    }
    Limit(const Limit&) = delete;
    Limit& operator=(const Limit&) = delete;
    ~Limit() { ::setrlimit(what_, &before_); }

private:
    __rlimit_resource what_;
    struct rlimit before_{};
};

// A shop that has been reloaded twice: what is kept of the build before is there.
void warm_up(ReloadShop& shop) {
    REQUIRE(shop.reload_to("b").verdict == TENON_RELOADED);
    REQUIRE(shop.reload_to("a").verdict == TENON_RELOADED);
}

// Answers begin with the name of the build.
void run_out_of_memory(const char* plugin, Fault kind) {
    const Folder folder;
    ReloadShop shop(plugin, "a", in_folder(folder.path()));
    warm_up(shop);
    std::uint64_t nth = 1, refused = 0;
    for (;; ++nth) {
        INFO("allocation " << nth);
        shop.put("b");
        const Traces before(folder.path());
        const Said said = reload_with(shop, kind, nth);
        INFO(said.reason << ": " << said.text);
        if (said.status < 0) {
            ++refused;
            REQUIRE(said.struck);
            if (said.reason == "reload.no-memory") CHECK(said.text == shop.id() + " 1.0.0: there is no memory for it");
            CHECK((said.status == TENON_E_NO_MEMORY || !said.reason.empty()));
            REQUIRE(shop.answer().substr(0, 1) == "a");
        } else {
            REQUIRE(said.verdict == TENON_RELOADED);
            REQUIRE(shop.answer().substr(0, 1) == "b");
        }
        // What could not be retired without memory is, as soon as there is some.
        REQUIRE(tenon_host_collect(shop.host.raw()) == 0);
        before.compare(shop);
        if (said.status >= 0) REQUIRE(shop.reload_to("a").verdict == TENON_RELOADED);
        if (!said.struck) break;
    }
    CHECK(refused > 10);
    CHECK(shop.reload_to("b").verdict == TENON_RELOADED);
    CHECK(shop.answer().substr(0, 1) == "b");
}

}  // namespace

TEST_CASE("whichever allocation of a reload fails, the old build serves and nothing is left behind") {
    run_out_of_memory(GENERATE("tells_its_build", "counts_sales"), Fault::fails);
}

TEST_CASE("wherever in a reload memory runs out for good, the old build serves and nothing is left behind") {
    run_out_of_memory(GENERATE("tells_its_build", "counts_sales"), Fault::fails_from_then_on);
}

TEST_CASE("wherever in a reload the descriptors run out, the old build serves and nothing is left behind") {
    const Folder folder;
    ReloadShop shop("tells_its_build", "a", in_folder(folder.path()));
    warm_up(shop);
    const int next = ::dup(0);
    REQUIRE(next >= 0);
    ::close(next);
    int refused = 0;
    for (rlim_t more = 0;; ++more) {
        INFO("room for " << more);
        shop.put("b");
        const Traces before(folder.path());
        Said said;
        {
            const Limit limit(RLIMIT_NOFILE, static_cast<rlim_t>(next) + more);
            said = reload_with(shop, Fault::none, 0);
        }
        INFO(said.reason << ": " << said.text);
        before.compare(shop);
        if (said.status >= 0) break;
        ++refused;
        CHECK(said.text.find("Too many open files") != std::string::npos);
        REQUIRE(shop.answer() == "a");
    }
    CHECK(refused > 1);
    CHECK(shop.answer() == "b");
}

TEST_CASE("a copy that cannot be written is refused, and nothing of it is left") {
    const Folder folder;
    ReloadShop shop("tells_its_build", "a", in_folder(folder.path()));
    warm_up(shop);
    auto* const before_signal = std::signal(SIGXFSZ, SIG_IGN);
    shop.put("b");
    const Traces before(folder.path());
    for (const rlim_t size : {0u, 1u, 4096u, 10000u}) {
        INFO(size);
        Said said;
        {
            const Limit limit(RLIMIT_FSIZE, size);
            said = reload_with(shop, Fault::none, 0);
        }
        CHECK(said.verdict == TENON_REFUSED);
        CHECK(said.reason == "stage.failed");
        CHECK(said.text.find("/copy: cannot be written: File too large") != std::string::npos);
        CHECK(shop.answer() == "a");
        before.compare(shop);
    }
    std::signal(SIGXFSZ, before_signal);
    CHECK(shop.reload().verdict == TENON_RELOADED);
    CHECK(shop.answer() == "b");
}

TEST_CASE("a file system that is full is said, and the reload works when there is room") {
    const Folder folder;
    const std::string size =
        "size=" +
        std::to_string(2 * std::filesystem::file_size(ReloadShop::build_of("tells_its_build", "a")) + 64 * 1024);
    const bool mounted = ::mount("tenon", folder.path().c_str(), "tmpfs", 0, size.c_str()) == 0;
    if (!machine_has(mounted, "file system that may be mounted")) return;
    {
        ReloadShop shop("tells_its_build", "a", in_folder(folder.path()));
        const std::string ballast = folder.path() + "/ballast";
        const int file = ::open(ballast.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        REQUIRE(file >= 0);
        const std::string block(4096, 'x');
        while (::write(file, block.data(), block.size()) > 0) {
        }
        ::close(file);
        shop.put("b");
        const Traces before(folder.path());
        const Reloaded record = shop.reload();
        INFO(record.json);
        CHECK(record.verdict == TENON_REFUSED);
        CHECK(record.reason == "stage.failed");
        CHECK(record.text.find("No space left on device") != std::string::npos);
        CHECK(shop.answer() == "a");
        before.compare(shop);
        std::filesystem::remove(ballast);
        CHECK(shop.reload().verdict == TENON_RELOADED);
        CHECK(shop.answer() == "b");
    }
    CHECK(::umount(folder.path().c_str()) == 0);
}

namespace {

// Reloads until it is killed at its n-th allocation, in a process of its own.
[[noreturn]] void reload_and_die(const std::string& folder, const std::string& files, std::uint64_t nth) {
    ::setenv("TMPDIR", files.c_str(), 1);
    tenon_host_options options = in_folder(folder);
    ReloadShop shop("tells_its_build", "a", options);
    shop.put("b");
    const Said said = reload_with(shop, Fault::kills, nth);
    ::_exit(said.status >= 0 && said.verdict == TENON_RELOADED ? 0 : 1);
}

}  // namespace

TEST_CASE("what a process that is killed in a reload has left is removed by the next host") {
    const Folder folder;
    int killed = 0;
    for (std::uint64_t nth = 1;; nth += 1 + nth / 8) {
        INFO("allocation " << nth);
        const Folder files;
        const pid_t child = ::fork();
        if (child == 0) reload_and_die(folder.path(), files.path(), nth);
        REQUIRE(child > 0);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        REQUIRE(entries(folder.path()) > 1);  // nobody had the time to remove anything
        {
            const tenon_host_options options = in_folder(folder.path());
            const Host next(options);
            CHECK(entries(folder.path()) == 1);
        }
        CHECK(entries(folder.path()) == 0);
        if (WIFEXITED(status)) {
            CHECK(WEXITSTATUS(status) == 0);
            break;
        }
        CHECK(WTERMSIG(status) == SIGKILL);
        ++killed;
    }
    CHECK(killed > 10);
}
