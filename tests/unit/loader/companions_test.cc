#include "loader/companions.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <optional>
#include <thread>

#include "tests/support/machine_has.h"
#include "tests/unit/loader/fixtures.h"

using namespace tenon;
using namespace tenon::loader;

namespace {

// A plugin's folder with something in it, and a folder to copy to.
class Shelf {
public:
    Shelf() {
        std::filesystem::create_directories(from() + "/lib");
        std::filesystem::create_directories(from() + "/assets/pictures");
        std::filesystem::create_directories(to());
        folder_.write("plugin/lib/libink.so.1", "ink");
        folder_.write("plugin/assets/pictures/logo.svg", "<svg/>");
        folder_.write("outside", "secret");
    }
    std::string from() const { return folder_.path() + "/plugin"; }
    std::string to() const { return folder_.path() + "/copy"; }
    std::string outside() const { return folder_.path() + "/outside"; }
    base::Check copy(const Companions& companions, Links links = Links::beneath) const {
        return copy_companions(companions, from(), to(), links);
    }
    // "id: text", or "" if all was copied.
    std::string refusal(const Companions& companions, Links links = Links::beneath) const {
        const base::Check problem = copy(companions, links);
        return problem ? problem->id + ": " + problem->text : "";
    }
    bool has(const std::string& path) const { return std::filesystem::exists(std::filesystem::path(to()) / path); }
    void write(const std::string& path, std::string_view bytes) const { folder_.write("plugin/" + path, bytes); }
    void link(const std::string& target, const std::string& path) const {
        std::filesystem::create_symlink(target, from() + "/" + path);
    }
    std::string copied(const std::string& path) const { return base::read_file(to() + "/" + path, 1000).value(); }

private:
    fixtures::Folder folder_;
};

// In the calling thread alone, openat2 fails with this error from now on. False: this system cannot do that.
bool forbid_openat2(int error) {
    sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog program{static_cast<unsigned short>(std::size(steps)), steps};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

// What `shelf.refusal` says in a thread in which openat2 fails; nothing if that cannot be arranged.
std::optional<std::string> refusal_without_openat2(const Shelf& shelf, const Companions& companions, int error) {
    std::optional<std::string> refusal;
    std::thread([&] {
        if (forbid_openat2(error)) refusal = shelf.refusal(companions);
    }).join();
    test::machine_has(refusal.has_value(), "filter for system calls");  // openat2 could not be made to fail
    return refusal;
}

const std::string beside = "is shipped beside the plugin, but cannot be read: ";

}  // namespace

TEST_CASE("libraries and resources come to lie where they lie beside the plugin") {
    const Shelf shelf;
    REQUIRE_FALSE(shelf.copy({{"lib/libink.so.1"}, "assets"}));
    CHECK(shelf.copied("lib/libink.so.1") == "ink");
    CHECK(shelf.copied("assets/pictures/logo.svg") == "<svg/>");
    struct stat facts{};
    REQUIRE(::stat((shelf.to() + "/assets/pictures/logo.svg").c_str(), &facts) == 0);
    CHECK((facts.st_mode & 07777u) == 0400);
}

TEST_CASE("a link to a file beside the plugin is followed") {
    const Shelf shelf;
    std::filesystem::create_symlink("libink.so.1", shelf.from() + "/lib/libink.so");
    REQUIRE_FALSE(shelf.copy({{"lib/libink.so"}, ""}));
    CHECK(shelf.copied("lib/libink.so") == "ink");
}

TEST_CASE("a companion that is not there is refused with its path") {
    const Shelf shelf;
    const base::Check problem = shelf.copy({{"lib/libpaper.so.1"}, ""});
    REQUIRE(problem);
    CHECK(problem->id == "stage.companion-missing");
    CHECK(problem->text == shelf.from() +
                               "/lib/libpaper.so.1: is shipped beside the plugin, but cannot be read: No such file or "
                               "directory");
    const std::string missing = "stage.companion-missing: " + shelf.from();
    CHECK(shelf.refusal({{}, "drawings"}) == missing + "/drawings: " + beside + "No such file or directory");
    CHECK(shelf.refusal({{"lib/libink.so.1/x"}, ""}) == missing + "/lib/libink.so.1/x: " + beside + "Not a directory");
    shelf.link("round", "lib/round");
    CHECK(shelf.refusal({{"lib/round"}, ""}) ==
          missing + "/lib/round: " + beside + "Too many levels of symbolic links");
}

TEST_CASE("a companion of another kind than its key wants is refused") {
    const Shelf shelf;
    const std::string missing = "stage.companion-missing: " + shelf.from();
    REQUIRE(::mkfifo((shelf.from() + "/lib/fifo").c_str(), 0600) == 0);
    for (const Links links : {Links::beneath, Links::refused}) {
        CHECK(shelf.refusal({{"lib"}, ""}, links) == missing + "/lib: " + beside + "it is not a regular file");
        CHECK(shelf.refusal({{"lib/fifo"}, ""}, links) ==
              missing + "/lib/fifo: " + beside + "it is not a regular file");
        CHECK(shelf.refusal({{}, "lib/libink.so.1"}, links) ==
              missing + "/lib/libink.so.1: " + beside + "it is not a folder");
    }
}

TEST_CASE("other errors of the operating system are told in its words") {
    const Shelf shelf;
    const std::string name(300, 'n');
    const base::Check problem = shelf.copy({{name}, ""});
    REQUIRE(problem);
    CHECK(problem->id == "stage.failed");
    CHECK(problem->text == shelf.from() + "/" + name + ": cannot be opened: File name too long");
}

TEST_CASE("a library that is named twice, or lies in the resources, is copied once") {
    const Shelf shelf;
    shelf.write("assets/libpen.so", "pen");
    CHECK(shelf.refusal({{"assets/libpen.so", "lib/libink.so.1", "./assets//libpen.so", "lib/libink.so.1"}, "assets/"})
              .empty());
    CHECK(shelf.copied("assets/libpen.so") == "pen");
    CHECK(shelf.copied("lib/libink.so.1") == "ink");
    CHECK(shelf.copied("assets/pictures/logo.svg") == "<svg/>");
}

TEST_CASE("nothing outside the plugin's folder is copied, whatever links say") {
    const Shelf shelf;
    std::filesystem::create_symlink("../../outside", shelf.from() + "/assets/up");
    base::Check problem = shelf.copy({{}, "assets"});
    REQUIRE(problem);
    CHECK(problem->id == "stage.companion-outside");
    CHECK(problem->text == shelf.from() + "/assets/up: leads out of the plugin's folder");
    std::filesystem::remove(shelf.from() + "/assets/up");
    std::filesystem::create_symlink(shelf.outside(), shelf.from() + "/lib/libabsolute.so");
    CHECK(shelf.refusal({{"lib/libabsolute.so"}, ""}) ==
          "stage.companion-outside: " + shelf.from() + "/lib/libabsolute.so: leads out of the plugin's folder");
    CHECK_FALSE(shelf.has("lib/libabsolute.so"));
}

TEST_CASE("a path that is absolute or climbs is refused before anything is opened") {
    const Shelf shelf;
    for (const std::string& path : {std::string("../outside"), std::string("assets/../lib/libink.so.1"),
                                    std::string("lib/.."), shelf.from() + "/lib/libink.so.1"}) {
        const std::string wanted = "\"" + path + "\" is not below this folder: it is absolute or has a part \"..\"";
        const base::Check problem = shelf.copy({{"lib/libink.so.1", path}, ""});
        REQUIRE(problem);
        CHECK(problem->id == "stage.companion-outside");
        CHECK(problem->text == shelf.from() + ": " + wanted);
        CHECK(shelf.refusal({{"lib/libink.so.1"}, path}) == "stage.companion-outside: " + shelf.from() + ": " + wanted);
        const base::Check nowhere = copy_companions({{path}, ""}, shelf.from() + "/none", shelf.to());
        REQUIRE(nowhere);
        CHECK(nowhere->text == shelf.from() + "/none: " + wanted);
    }
    CHECK_FALSE(shelf.has("lib"));
}

TEST_CASE("links that cannot be followed safely are refused wherever they stand in a path") {
    const Shelf shelf;
    shelf.link("libink.so.1", "lib/libink.so");
    shelf.link("lib", "libraries");
    const auto refused = [&shelf](const std::string& path) {
        return "stage.companion-outside: " + shelf.from() + "/" + path +
               ": leads through a link, and links cannot be followed safely here";
    };
    CHECK(shelf.refusal({{"lib/libink.so"}, ""}, Links::refused) == refused("lib/libink.so"));
    CHECK(shelf.refusal({{"libraries/libink.so.1"}, ""}, Links::refused) == refused("libraries/libink.so.1"));
    CHECK(shelf.refusal({{}, "libraries"}, Links::refused) == refused("libraries"));
    CHECK(shelf.refusal({{}, "lib"}, Links::refused) == refused("lib/libink.so"));
}

TEST_CASE("without links, all is copied where links cannot be followed safely") {
    const Shelf shelf;
    CHECK(shelf.refusal({{"lib/libink.so.1"}, "assets"}, Links::refused).empty());
    CHECK(shelf.copied("lib/libink.so.1") == "ink");
    CHECK(shelf.copied("assets/pictures/logo.svg") == "<svg/>");
    CHECK(shelf.refusal({{}, "drawings"}, Links::refused) ==
          "stage.companion-missing: " + shelf.from() + "/drawings: " + beside + "No such file or directory");
}

TEST_CASE("a kernel or container without openat2 is noticed") {
    for (const int error : {ENOSYS, EPERM}) {
        const Shelf shelf;
        const auto copied = refusal_without_openat2(shelf, {{"lib/libink.so.1"}, "assets"}, error);
        if (!copied) return;
        CHECK(copied->empty());
        CHECK(shelf.copied("lib/libink.so.1") == "ink");
        CHECK(shelf.copied("assets/pictures/logo.svg") == "<svg/>");
        shelf.link("libink.so.1", "lib/libink.so");
        CHECK(refusal_without_openat2(shelf, {{"lib/libink.so"}, ""}, error).value() ==
              "stage.companion-outside: " + shelf.from() +
                  "/lib/libink.so: leads through a link, and links cannot be followed safely here");
    }
}

TEST_CASE("a kernel that never can tell whether a path is below the folder is not asked for ever") {
    const Shelf shelf;
    const auto refusal = refusal_without_openat2(shelf, {{"lib/libink.so.1"}, ""}, EAGAIN);
    if (!refusal) return;
    CHECK(*refusal ==
          "stage.failed: " + shelf.from() + "/lib/libink.so.1: cannot be opened: Resource temporarily unavailable");
}

TEST_CASE("a companion that the host may not read is refused with its path") {
    const Shelf shelf;  // a mode would not keep root away
    const auto refusal = refusal_without_openat2(shelf, {{"lib/libink.so.1"}, ""}, EACCES);
    if (!refusal) return;
    CHECK(*refusal == "stage.companion-missing: " + shelf.from() + "/lib/libink.so.1: " + beside + "Permission denied");
}

TEST_CASE("a file with more or fewer bytes than it said is refused as changed") {
    const Shelf shelf;  // the kernel's own files have no length of their own: 0 is more, 4096 is fewer
    for (const std::string& path :
         {std::string("/proc/sys/kernel/ostype"), std::string("/sys/devices/system/cpu/online")}) {
        const std::filesystem::path file(path);
        const base::Check problem =
            copy_companions({{file.filename().string()}, ""}, file.parent_path().string(), shelf.to());
        REQUIRE(problem);
        CHECK(problem->id == "stage.source-changed");
        CHECK(problem->text == path + ": was changed while it was copied");
    }
}

TEST_CASE("a file that is changed while it is copied is refused, even if its length stays") {
    const Shelf shelf;
    shelf.write("lib/libbig.so", std::string(4u << 20, 'x'));
    const std::string path = shelf.from() + "/lib/libbig.so";
    std::atomic<bool> enough{false};
    std::thread writer([&] {
        for (mode_t mode = 0600; !enough; mode ^= 0040u) ::chmod(path.c_str(), mode);
    });
    std::string refusal;  // a copy may slip through between two changes
    for (int tries = 0; tries < 1'000 && refusal.empty(); ++tries) {
        std::filesystem::remove(shelf.to() + "/lib/libbig.so");
        refusal = shelf.refusal({{"lib/libbig.so"}, ""});
    }
    enough = true;
    writer.join();
    CHECK(refusal == "stage.source-changed: " + path + ": was changed while it was copied");
}

TEST_CASE("folders that lead back into themselves end with a refusal") {
    const Shelf shelf;
    std::filesystem::create_symlink(".", shelf.from() + "/assets/again");
    const base::Check problem = shelf.copy({{}, "assets"});
    REQUIRE(problem);
    CHECK(problem->id == "stage.companion-too-much");
    CHECK(problem->text.ends_with(": folders are more than 32 deep"));
}

TEST_CASE("FIFOs, sockets and devices among the resources stay behind and nobody waits for them") {
    const Shelf shelf;
    const std::string assets = shelf.from() + "/assets";
    REQUIRE(::mkfifo((assets + "/fifo").c_str(), 0600) == 0);
    const base::Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(assets.size() + sizeof "/socket" <= sizeof address.sun_path);
    std::strcpy(address.sun_path, (assets + "/socket").c_str());
    REQUIRE(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    // Without the right to make devices, there is none to be left.
    static_cast<void>(::mknod((assets + "/device").c_str(), S_IFCHR | 0600, ::makedev(1, 3)));
    shelf.link("socket", "assets/to-socket");
    CHECK(shelf.refusal({{}, "assets"}).empty());
    for (const char* name : {"fifo", "socket", "device", "to-socket"})
        CHECK_FALSE(shelf.has(std::string("assets/") + name));
    CHECK(shelf.copied("assets/pictures/logo.svg") == "<svg/>");
}

TEST_CASE("links among the resources that lead nowhere stay behind, such as an editor's locks") {
    const Shelf shelf;
    shelf.link("user@host.4711:1700000000", "assets/.#notes");
    shelf.link("pictures/logo.svg/layer", "assets/below-a-file");
    CHECK(shelf.refusal({{}, "assets"}).empty());
    CHECK(shelf.copied("assets/pictures/logo.svg") == "<svg/>");
    for (const char* name : {".#notes", "below-a-file"})
        CHECK_FALSE(std::filesystem::is_symlink(shelf.to() + "/assets/" + name));
    CHECK(base::list_folder(shelf.to() + "/assets").value().size() == 1);
}
