// What is told of a file to those who may open it, and by whom.
#include "sandbox/confine/look.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "base/fd.h"
#include "base/file.h"
#include "sandbox/confine/clerk.h"
#include "tests/support/catch.h"
#include "tests/support/machine_has.h"

using namespace tenon::sandbox;

namespace {

class Shelf {
public:
    Shelf() : path_(tenon::base::make_unique_folder(tenon::base::temporary_folder(), "look-").take()) {
        REQUIRE_FALSE(tenon::base::write_file(path_ + "/book", "text"));
        REQUIRE(::symlink("book", (path_ + "/link").c_str()) == 0);
        REQUIRE(::mkfifo((path_ + "/fifo").c_str(), 0600) == 0);
    }
    ~Shelf() { tenon::base::remove_tree(path_); }
    Shelf(const Shelf&) = delete;
    Shelf& operator=(const Shelf&) = delete;

    std::string operator/(const char* name) const { return path_ + "/" + name; }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

Look facts_of(const std::string& path, struct stat& facts, bool follow = true) {
    return {Look::What::facts, AT_FDCWD, path.c_str(), follow, 0, &facts};
}
long access_of(const std::string& path, int mode) {
    return look({Look::What::access, AT_FDCWD, path.c_str(), true, mode, nullptr});
}
long link_of(const std::string& path) {
    return look({Look::What::link, AT_FDCWD, path.c_str(), false, 0, nullptr});
}

// Of another kind than those of the process, so that they are told from each other.
bool is_locked(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);  // stays open: to close it drops the locks
    struct flock lock{};
    lock.l_type = F_WRLCK;
    REQUIRE(::fcntl(file, F_OFD_GETLK, &lock) == 0);
    return lock.l_type != F_UNLCK;
}

}  // namespace

TEST_CASE("who may open a file is told what stat tells") {
    const Shelf shelf;
    for (const char* const name : {"book", "fifo", "."}) {
        CAPTURE(name);
        struct stat real{}, facts{};
        REQUIRE(::stat((shelf / name).c_str(), &real) == 0);
        CHECK(look(facts_of(shelf / name, facts)) == 0);
        CHECK(facts.st_ino == real.st_ino);
        CHECK(facts.st_mode == real.st_mode);
        CHECK(facts.st_size == real.st_size);
    }
    struct stat facts{};
    CHECK(look(facts_of(shelf / "nothing", facts)) == -ENOENT);
    CHECK(look(facts_of(shelf / "book/page", facts)) == -ENOTDIR);
    CHECK(look({Look::What::facts, AT_FDCWD, nullptr, true, 0, &facts}) == -EFAULT);
}

TEST_CASE("of a link nothing is told, but of what it leads to") {
    const Shelf shelf;
    struct stat facts{};
    CHECK(look(facts_of(shelf / "link", facts)) == 0);
    CHECK(S_ISREG(facts.st_mode));
    CHECK(look(facts_of(shelf / "link", facts, false)) == -EACCES);
    CHECK(link_of(shelf / "link") == -EACCES);
    CHECK(link_of(shelf / "book") == -EINVAL);
    CHECK(link_of(shelf / "nothing") == -ENOENT);
}

TEST_CASE("access is what opening is") {
    const Shelf shelf;
    for (const int mode : {F_OK, R_OK, W_OK, R_OK | W_OK}) CHECK(access_of(shelf / "book", mode) == 0);
    for (const int mode : {F_OK, R_OK, W_OK, X_OK, R_OK | W_OK | X_OK}) CHECK(access_of(shelf.path(), mode) == 0);
    CHECK(access_of(shelf / "book", X_OK) == -EACCES);
    CHECK(access_of(shelf / "nothing", F_OK) == -ENOENT);
    CHECK(access_of(shelf / "book", 8) == -EINVAL);
    if (!tenon::test::machine_has(::geteuid() != 0, "user whom modes stop")) return;
    REQUIRE(::chmod((shelf / "book").c_str(), 0200) == 0);
    CHECK(access_of(shelf / "book", R_OK) == -EACCES);
    CHECK(access_of(shelf / "book", F_OK) == 0);
    struct stat facts{};
    CHECK(look(facts_of(shelf / "book", facts)) == 0);
    REQUIRE(::chmod((shelf / "book").c_str(), 0) == 0);
    CHECK(look(facts_of(shelf / "book", facts)) == -EACCES);
}

TEST_CASE("a clerk looks without dropping the locks of the process") {
    const Shelf shelf;
    static Clerk clerk;  // its thread stays
    struct stat facts{};
    CHECK(clerk.ask(facts_of(shelf / "book", facts)) == 0);  // by itself, until there is one
    REQUIRE(clerk.begin() == 0);
    const tenon::base::Fd book(::open((shelf / "book").c_str(), O_RDWR | O_CLOEXEC));
    struct flock lock{};
    lock.l_type = F_WRLCK;
    REQUIRE(::fcntl(book.get(), F_SETLK, &lock) == 0);
    CHECK(clerk.ask(facts_of(shelf / "book", facts)) == 0);
    CHECK(is_locked(shelf / "book"));
    CHECK(look(facts_of(shelf / "book", facts)) == 0);
    CHECK_FALSE(is_locked(shelf / "book"));  // which is why there is a clerk
}

TEST_CASE("a clerk knows the folders of those who ask, and answers all of them") {
    const Shelf shelf;
    static Clerk clerk;
    REQUIRE(clerk.begin() == 0);
    const tenon::base::Fd folder(::open(shelf.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const auto ask = [&](int from, const char* name) {
        struct stat facts{};
        const long result = clerk.ask({Look::What::facts, from, name, true, 0, &facts});
        return result == 0 && facts.st_size == 4 ? 0 : result;
    };
    CHECK(ask(folder.get(), "book") == 0);
    CHECK(ask(folder.get(), (shelf / "book").c_str()) == 0);
    CHECK(ask(-1, (shelf / "book").c_str()) == 0);
    CHECK(ask(-1, "book") == -EBADF);
    CHECK(ask(folder.get(), "nothing") == -ENOENT);
    std::vector<long> results(8, -1);
    std::vector<std::thread> threads;
    for (long& result : results)
        threads.emplace_back([&] {
            result = 0;
            for (int i = 0; i < 500 && result == 0; ++i) result = ask(folder.get(), "book");
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(results == std::vector<long>(8, 0));
}
