// Each byte of the log counts; several processes may write it; and one that is killed leaves it whole.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "base/fd.h"
#include "host/audit.h"
#include "tests/unit/host/store_fixture.h"

using namespace tenon;
using namespace tenon::test;
using host::Audit;
using host::Store;

extern char** environ;

namespace {

// A running audit_writer.
class Writer {
public:
    Writer(const std::string& path, unsigned long count) {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        std::string words[] = {AUDIT_WRITER, path, std::to_string(count)};
        char* const argv[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
        const int error = ::posix_spawn(&pid_, AUDIT_WRITER, &actions, nullptr, argv, environ);
        ::posix_spawn_file_actions_destroy(&actions);
        ::close(ends[1]);
        said_ = base::Fd(ends[0]);
        REQUIRE(error == 0);
    }
    // Whether it says that it has written one more.
    bool wrote() const {
        char what = 0;
        return ::read(said_.get(), &what, 1) == 1;
    }
    void kill() const { ::kill(pid_, SIGKILL); }
    int wait() const {
        int status = 0;
        REQUIRE(::waitpid(pid_, &status, 0) == pid_);
        return status;
    }

private:
    pid_t pid_ = 0;
    base::Fd said_;
};

void write_log(const std::string& path) {
    Store store = open_store(path);
    for (const char* detail : {"read:/etc/shadow", "env:SECRET", "content:change"})
        require_done(Audit(store).append({second, "host", "org.acme.tax", "denied", detail}));
}

bool verifies(const std::string& path) {
    base::Result<Store> store = Store::open(path);
    return store && Audit(store.value()).verify();
}

}  // namespace

TEST_CASE("each single byte of a row that is changed is found") {
    const Folder folder;
    const std::string path = folder / "store";
    write_log(path);
    REQUIRE(verifies(path));
    const Intruder intruder(path);
    Store store = open_store(path);
    unsigned changes = 0;
    // Takes the change back again, so that the next one is alone.
    const auto is_found = [&](const std::string& column, const std::string& value) {
        INFO(column << " becomes " << value);
        const std::string before = intruder.ask("SELECT quote(" + column + ") FROM audit WHERE number = 2");
        intruder.run("UPDATE audit SET " + column + " = " + value + " WHERE number = 2");
        CHECK(!Audit(store).verify());
        const std::string where = column == "number" ? value : "2";
        intruder.run("UPDATE audit SET " + column + " = " + before + " WHERE number = " + where);
        REQUIRE(Audit(store).verify());
        ++changes;
    };
    for (const char* column : {"who", "plugin", "what", "detail", "previous", "hash"}) {
        const std::string name = column;
        const std::string text = intruder.ask("SELECT " + name + " FROM audit WHERE number = 2");
        for (std::size_t i = 0; i < text.size(); ++i) {
            std::string changed = text;
            changed[i] = static_cast<char>(changed[i] ^ 1);
            is_found(name, "'" + changed + "'");
        }
        is_found(name, "'" + text + "x'");
        is_found(name, "'" + text.substr(1) + "'");
    }
    for (unsigned bit = 0; bit < 63; bit += 8) is_found("time", std::to_string(second ^ (std::uint64_t{1} << bit)));
    is_found("number", "7");
    // What leaves one text and comes into the next.
    is_found("who", "'hos'");
    intruder.run("UPDATE audit SET who = 'hos', plugin = 'torg.acme.tax' WHERE number = 2");
    CHECK(!Audit(store).verify());
    CHECK(changes > 150);
}

TEST_CASE("each single byte of the log's pages in the file that is changed is found") {
    const Folder folder;
    const std::string path = folder / "store";
    write_log(path);
    base::remove_tree(path + "-wal");
    const std::string bytes = base::read_file(path, 1 << 20).take();
    const std::size_t begin = bytes.find("org.acme.taxdeniedcontent:change");  // the newest row is in front
    const std::size_t end = bytes.find("read:/etc/shadow");
    REQUIRE(begin != std::string::npos);
    REQUIRE(end != std::string::npos);
    REQUIRE(begin < end);
    const std::string other = folder / "other";
    for (std::size_t at = begin - 16; at < end; ++at) {
        INFO(at - begin);
        std::string changed = bytes;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        for (const char* suffix : {"", "-wal", "-shm"}) base::remove_tree(other + suffix);
        require_done(base::write_file(other, changed));
        CHECK(!verifies(other));
    }
}

TEST_CASE("two processes that append 200 rows each give a log that verifies") {
    const Folder folder;
    const std::string path = folder / "store";
    const Writer one(path, 200);
    const Writer two(path, 200);
    unsigned rows = 0;
    while (one.wrote()) ++rows;
    while (two.wrote()) ++rows;
    CHECK(one.wait() == 0);
    CHECK(two.wait() == 0);
    CHECK(rows == 400);
    Store store = open_store(path);
    const base::Result<host::AuditMark> mark = Audit(store).verify();
    INFO((mark ? std::string() : mark.problem().text));
    REQUIRE(mark);
    CHECK(mark.value().number == 400);
}

TEST_CASE("a process that is killed while it writes leaves a log that verifies and has all that it was told") {
    const Folder folder;
    const std::string path = folder / "store";
    std::mt19937 random(3);
    std::uint64_t told = 0;
    constexpr std::uint64_t cycles = 30;
    for (std::uint64_t cycle = 0; cycle < cycles; ++cycle) {
        INFO(cycle);
        const Writer writer(path, 1'000'000);
        for (std::uint64_t rows = 1 + random() % 20; rows > 0; --rows) {
            REQUIRE(writer.wrote());
            ++told;
        }
        writer.kill();
        while (writer.wrote()) ++told;
        REQUIRE(WIFSIGNALED(writer.wait()));
        Store store = open_store(path);
        const base::Result<host::AuditMark> mark = Audit(store).verify();
        INFO((mark ? std::string() : mark.problem().text));
        REQUIRE(mark);
        // Of what it was about to say when it was killed, nobody knows.
        REQUIRE(mark.value().number >= told);
        REQUIRE(mark.value().number <= told + cycle + 1);
    }
}
