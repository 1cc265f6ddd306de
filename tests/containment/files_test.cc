// Files: a confined plugin gets at its own and at what it was granted, and at nothing else.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "tests/containment/contained.h"

using namespace tenon::test;

namespace {

using Make = std::function<Stage(const Ground&, Prison&)>;

// A secret outside, which does not come back.
Make reading(std::function<std::string(const Ground&, const std::string& file)> words) {
    return [=](const Ground& ground, Prison&) {
        const std::string file = ground.outside() + "/secret";
        const std::string secret = ground.secret_in(file);
        return Stage{words(ground, file), [=](const Answer& answer) { return answer.text == secret; }};
    };
}

// A file outside, which is changed or not.
Make changing(const std::string& file, std::function<bool(const std::string& path, const std::string& secret)> changed,
              const std::string& more = "") {
    return [=](const Ground& ground, Prison&) {
        const std::string path = ground.folder() + file;
        const std::string secret = ground.secret_in(path);
        return Stage{path + more, [=](const Answer&) { return changed(path, secret); }};
    };
}

struct stat facts(const std::string& path) {
    struct stat found{};
    CHECK(::stat(path.c_str(), &found) == 0);
    return found;
}

// A file outside, of which the size is known or not.
Stage sizing(const Ground& ground, Prison&) {
    const std::string file = ground.outside() + "/secret";
    const std::string size = std::to_string(ground.secret_in(file).size());
    return Stage{file, [=](const Answer& answer) { return answer.text == size; }};
}

bool text_changed(const std::string& path, const std::string& secret) {
    return text_of(path) != secret;
}

// A folder that the plugin may write to, with one in it that is swapped for a link to the secret, again and again, by
// somebody outside.
class SwappedFolder {
public:
    explicit SwappedFolder(const Ground& ground) : tree_(ground.folder() + "/tree") {
        for (const std::string& folder : {tree_, tree_ + "/swap"}) {
            REQUIRE(::mkdir(folder.c_str(), 0777) == 0);
            REQUIRE(::chmod(folder.c_str(), 0777) == 0);
        }
        secret = ground.secret_in(ground.outside() + "/key");
        harmless = ground.secret_in(path());
        REQUIRE(::symlink(ground.outside().c_str(), (tree_ + "/link").c_str()) == 0);
        swapper_ = std::thread([this] {
            while (!end_)
                ::syscall(SYS_renameat2, AT_FDCWD, (tree_ + "/swap").c_str(), AT_FDCWD, (tree_ + "/link").c_str(),
                          RENAME_EXCHANGE);
        });
    }
    ~SwappedFolder() {
        end_ = true;
        swapper_.join();
    }
    SwappedFolder(const SwappedFolder&) = delete;
    SwappedFolder& operator=(const SwappedFolder&) = delete;
    std::string path() const { return tree_ + "/swap/key"; }

    // All that the plugin gets to see: at least 1000 tries, and until it was let in and was kept out, or has tried 5000
    // times (the host opens 6000 files a minute).
    std::string seen_by(Prison& prison, const std::string& attempt) const {
        std::string seen;
        for (int tries = 0; tries < 5000; tries += 500) {
            if (tries >= 1000 && seen.find(harmless) != seen.npos && seen.find("error ") != seen.npos) break;
            const Answer answer = prison.attempt(attempt, path() + " 500");
            REQUIRE(answer.answered);
            seen += answer.text;
        }
        return seen;
    }

    std::string secret, harmless;

private:
    const std::string tree_;
    std::atomic<bool> end_{false};
    std::thread swapper_;
};

// What the worker's descriptors are called.
std::string held_by(Prison& prison) {
    return look_at_links("/proc/" + std::to_string(prison.pid()) + "/fd");
}

}  // namespace

TEST_CASE("a plugin reads no file that it was not granted") {
    contained({"read_file", landlock, EACCES}, reading([](const Ground&, const std::string& file) { return file; }));
}

TEST_CASE("a plugin reads no file that it has asked for and was not granted") {
    contained({"read_file", landlock, EACCES}, [](const Ground& ground, Prison&) {
        const std::string file = ground.folder() + "/other/secret", secret = ground.secret_in(file);
        return Stage{file, [=](const Answer& answer) { return answer.text == secret; }};
    });
}

TEST_CASE("a plugin reads no passwords") {
    if (!machine_has(exists("/etc/shadow"), "/etc/shadow")) return;
    Attempt attempt{"read_secretly", landlock | if_root(privileges), EACCES};
    attempt.wants_root = true;
    contained(attempt, [](const Ground&, Prison&) {
        return Stage{"/etc/shadow", [](const Answer& answer) {
                         return answer.result == static_cast<std::int64_t>(look_at_file("/etc/shadow").size());
                     }};
    });
}

TEST_CASE("a plugin lists no folder that it was not granted") {
    contained({"list_folder", landlock, EACCES}, [](const Ground& ground, Prison&) {
        const std::string name = unguessable();
        ground.secret_in(ground.outside() + "/" + name);
        return Stage{ground.outside(),
                     [=](const Answer& answer) { return answer.text.find(name) != answer.text.npos; }};
    });
}

TEST_CASE("a plugin creates no file outside of what it was granted") {
    contained({"create_file", landlock, EACCES}, [](const Ground& ground, Prison&) {
        const std::string file = ground.outside() + "/new";
        return Stage{file, [=](const Answer&) { return exists(file); }};
    });
}

TEST_CASE("a plugin creates no folder outside of what it was granted") {
    contained({"make_folder", landlock, EACCES}, [](const Ground& ground, Prison&) {
        const std::string folder = ground.outside() + "/new";
        return Stage{folder, [=](const Answer&) { return exists(folder); }};
    });
}

TEST_CASE("a plugin does not write what it may read") {
    contained({"overwrite_file", landlock, EACCES}, changing("/granted/file", text_changed));
}

TEST_CASE("a plugin does not truncate what it may read") {
    const std::uint32_t since = landlock_since(3);
    contained({"truncate_file", since != 0 ? since : seccomp, since != 0 ? EACCES : EPERM},
              changing("/granted/file", text_changed));
}

TEST_CASE("a plugin does not truncate what it may read by opening it") {
    contained({"truncate_on_opening", seccomp | landlock_since(3), EPERM}, changing("/granted/file", text_changed));
}

TEST_CASE("a plugin removes no file outside of what it was granted") {
    contained({"remove_file", landlock, EACCES},
              changing("/outside/file", [](const std::string& path, const std::string&) { return !exists(path); }));
}

TEST_CASE("a plugin does not move its files to where it may not write") {
    contained({"rename_file", landlock, EACCES}, [](const Ground& ground, Prison&) {
        const std::string mine = ground.data() + "/mine", there = ground.outside() + "/there";
        ground.secret_in(mine);
        return Stage{mine + " " + there, [=](const Answer&) { return exists(there); }};
    });
}

TEST_CASE("a symbolic link leads to nothing that could not be reached without") {
    contained(
        {"read_by_symlink", seccomp | landlock, EPERM},
        reading([](const Ground& ground, const std::string& file) { return file + " " + ground.data() + "/link"; }));
}

TEST_CASE("a plugin makes no hard link to a file of others") {
    contained({"hard_link", seccomp | landlock, EPERM}, [](const Ground& ground, Prison&) {
        const std::string file = ground.outside() + "/secret";
        ground.secret_in(file);
        return Stage{file + " " + ground.data() + "/link", [=](const Answer&) { return facts(file).st_nlink > 1; }};
    });
}

TEST_CASE("the way up from a folder that a plugin may open leads nowhere") {
    contained({"read_from_folder", landlock, EACCES}, reading([](const Ground& ground, const std::string&) {
                  return ground.data() + " ../../outside/secret";
              }));
}

TEST_CASE("the root of a process is no way around") {
    contained({"read_file", landlock, EACCES},
              reading([](const Ground&, const std::string& file) { return "/proc/self/root" + file; }));
}

TEST_CASE("a descriptor that names a file does not open it") {
    contained({"read_by_reopening", landlock | seccomp, EPERM},
              reading([](const Ground&, const std::string& file) { return file; }));
}

TEST_CASE("a locked plugin does not even see how large a file is") {
    Attempt attempt{"stat_file", seccomp, EPERM};
    attempt.walls.level = tenon::sandbox::Level::locked;
    contained(attempt, sizing);
    attempt.name = "stat_file_as_before";
    contained(attempt, sizing);
}

TEST_CASE("a strict plugin does not see how large a file is that it may not open") {
    contained({"stat_file_as_before", seccomp, EACCES}, sizing);
    contained({"stat_file", seccomp, ENOSYS}, sizing);
}

TEST_CASE("the name of a file, held open, does not tell how large it is") {
    contained({"stat_by_name", seccomp, EPERM}, sizing);
}

TEST_CASE("a strict plugin does not see when the passwords were changed") {
    if (!machine_has(exists("/etc/shadow"), "/etc/shadow")) return;
    contained({"stat_file_as_before", seccomp, EACCES}, [](const Ground&, Prison&) {
        const std::string size = std::to_string(facts("/etc/shadow").st_size);
        return Stage{"/etc/shadow", [=](const Answer& answer) { return answer.text == size; }};
    });
}

TEST_CASE("a strict plugin is not told what may be done with a file that it may not open") {
    contained({"ask_for_access", seccomp, EACCES}, [](const Ground& ground, Prison&) {
        const std::string file = ground.outside() + "/secret";
        ground.secret_in(file);
        return Stage{file, [](const Answer& answer) { return answer.result == 0; }};
    });
}

TEST_CASE("a strict plugin can tell a name that is not there from one that it may not open") {
    const Ground ground;
    ground.secret_in(ground.outside() + "/secret");
    Prison prison(ground, Walls{});
    REQUIRE(prison.row().state == TENON_STATE_ACTIVE);
    CHECK(prison.attempt("ask_for_access", ground.outside() + "/secret").error == EACCES);
    CHECK(prison.attempt("ask_for_access", ground.outside() + "/none").error == ENOENT);
}

TEST_CASE("a strict plugin does not see what a link leads to") {
    contained({"read_link", seccomp, EACCES}, [](const Ground& ground, Prison&) {
        const std::string link = ground.outside() + "/link", secret = unguessable();
        REQUIRE(::symlink(secret.c_str(), link.c_str()) == 0);
        return Stage{link, [=](const Answer& answer) { return answer.text == secret; }};
    });
}

TEST_CASE("a plugin does not change the mode of a file") {
    contained({"change_mode", seccomp, EPERM},
              changing(
                  "/outside/file",
                  [](const std::string& path, const std::string&) { return (facts(path).st_mode & 07777) != 0666; },
                  " 0777"));
}

TEST_CASE("a plugin does not change the times of a file") {
    contained({"change_time", seccomp, EPERM},
              changing("/outside/file",
                       [](const std::string& path, const std::string&) { return facts(path).st_mtime == 1; }));
}

TEST_CASE("a plugin does not change the attributes of a file") {
    Ground ground;
    const std::string probe = ground.outside() + "/probe";
    ground.secret_in(probe);
    const bool there = ::setxattr(probe.c_str(), "user.tenon", "x", 1, 0) == 0;
    contained(if_there(there, "attributes of files in $TMPDIR", {"change_attribute", seccomp, EPERM}),
              changing("/outside/file", [](const std::string& path, const std::string&) {
                  return ::getxattr(path.c_str(), "user.tenon", nullptr, 0) > 0;
              }));
}

TEST_CASE("a plugin gives no file away") {
    Attempt attempt{"change_owner", seccomp | if_root(privileges), EPERM};
    attempt.wants_root = true;
    contained(attempt, changing(
                           "/outside/file",
                           [](const std::string& path, const std::string&) { return facts(path).st_uid == 1; }, " 1"));
}

TEST_CASE("a plugin mounts nothing") {
    Attempt attempt{"mount_over", seccomp | landlock | if_root(privileges), EPERM};
    attempt.wants_root = true;
    contained(attempt, [](const Ground& ground, Prison&) {
        return Stage{ground.outside(),
                     [folder = ground.outside()](const Answer&) { return ::umount2(folder.c_str(), MNT_DETACH) == 0; }};
    });
}

TEST_CASE("a plugin does not prepare a mount") {
    Attempt attempt{"prepare_mount", seccomp | if_root(privileges), EPERM};
    attempt.wants_root = true;
    contained(attempt, [](const Ground&, Prison& prison) {
        return Stage{"", [&](const Answer&) { return held_by(prison).find("[fscontext]") != std::string::npos; }};
    });
}

TEST_CASE("a plugin does not change its root") {
    Attempt attempt{"change_root", seccomp | if_root(privileges), EPERM};
    attempt.wants_root = true;
    contained(attempt, [](const Ground& ground, Prison& prison) {
        const std::string link = "/proc/" + std::to_string(prison.pid()) + "/root";
        return Stage{ground.outside(),
                     [=, folder = ground.outside()](const Answer&) { return look_at_link(link) == folder; }};
    });
}

TEST_CASE("a plugin makes no device") {
    Attempt attempt{"make_device", seccomp | landlock | if_root(privileges), EPERM};
    attempt.wants_root = true;
    contained(attempt, [](const Ground& ground, Prison&) {
        const std::string file = ground.outside() + "/device";
        return Stage{file, [=](const Answer&) { return exists(file); }};
    });
}

TEST_CASE("a plugin does not watch what others do to files") {
    const Attempt attempt{"watch_folder", seccomp, EPERM};
    contained(if_there(can_look(), "way to see what an ordinary user's worker has", attempt),
              [](const Ground& ground, Prison& prison) {
                  return Stage{ground.outside(),
                               [&](const Answer&) { return held_by(prison).find("inotify") != std::string::npos; }};
              });
}

TEST_CASE("a plugin opens no file by its handle") {
    Attempt attempt{"read_by_handle", seccomp | landlock | if_root(privileges), EPERM};
    attempt.wants_root = true;
    contained(attempt, reading([](const Ground&, const std::string& file) { return file; }));
}

TEST_CASE("a plugin's own file grows no larger than it may") {
    contained({"write_much", limits, EFBIG}, [](const Ground& ground, Prison&) {
        const std::string file = ground.data() + "/large";
        return Stage{file + " 18", [=](const Answer&) { return facts(file).st_size > (16 << 20); }};
    });
}

TEST_CASE("a plugin gets nothing that is an exception from what it was granted, by itself or through the host") {
    const Ground ground;
    const std::string notes = ground.folder() + "/notes";
    for (const std::string& folder : {notes, notes + "/private"}) REQUIRE(::mkdir(folder.c_str(), 0755) == 0);
    const std::string open = ground.secret_in(notes + "/open"), secret = ground.secret_in(notes + "/private/secret");
    Walls walls;
    walls.grants = ", \"read:$temp/notes/** !$temp/notes/private/**\"";
    Prison prison(ground, walls);
    REQUIRE(prison.row().state == TENON_STATE_ACTIVE);
    CHECK(prison.attempt("ask_for_file", notes + "/open").text == open);
    for (const std::string attempt : {"read_file", "ask_for_file"}) {
        const Answer answer = prison.attempt(attempt, notes + "/private/secret");
        INFO(attempt);
        CHECK(answer.answered);
        CHECK(answer.result < 0);
        CHECK(answer.error == EACCES);  // of the kernel, and TENON_E_REFUSED
        CHECK(answer.text.find(secret) == std::string::npos);
    }
    CHECK(prison.attempt("read_file", notes + "/open").error == EACCES);
    walls.level = tenon::sandbox::Level::trusted;
    Prison free(ground, walls);
    CHECK(free.attempt("read_file", notes + "/private/secret").text == secret);  // without walls it is there
}

TEST_CASE("a folder that becomes a link while a plugin asks for what is in it never leads the host to a secret") {
    const Ground ground;
    const SwappedFolder folder(ground);
    Walls walls;
    walls.grants = ", \"read:$temp/tree/*/key\", \"write:$temp/tree/**\"";
    {
        Prison prison(ground, walls);
        REQUIRE(prison.row().state == TENON_STATE_ACTIVE);
        for (const std::string attempt : {"ask_repeatedly", "read_repeatedly"}) {
            const std::string seen = folder.seen_by(prison, attempt);
            INFO(attempt << "\n" << seen);
            CHECK(seen.find(folder.secret) == std::string::npos);
            CHECK(seen.find("contents " + folder.harmless) != std::string::npos);
            CHECK(seen.find("error ") != std::string::npos);
            if (attempt == "ask_repeatedly") CHECK(seen.find(" leads through a link") != std::string::npos);
        }
    }
    // The control: whom nothing confines follows the link.
    walls.level = tenon::sandbox::Level::trusted;
    Prison free(ground, walls);
    CHECK(sandbox_test::eventually([&] {
        return free.attempt("read_repeatedly", folder.path() + " 500").text.find(folder.secret) != std::string::npos;
    }));
}
