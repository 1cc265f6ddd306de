// What a confined plugin can do, at each level.
#include <fcntl.h>
#include <time.h>

#include <cstdlib>

#include "base/fd.h"
#include "tests/containment/contained.h"
#include "tests/fixtures/languages/contract/languages.h"

using namespace tenon::test;
using tenon::sandbox::Level;

namespace {

template <class Act>
void at_each_level(Act&& act) {
    for (const Level level : {Level::standard, Level::strict, Level::locked}) {
        INFO("level " << static_cast<int>(level));
        const Ground ground;
        const Holdings before;
        {
            Walls walls;
            walls.level = level;
            Prison prison(ground, walls);
            REQUIRE(prison.text() == "");
            act(prison, ground, level);
        }
        CHECK(nothing_is_left(before));
    }
}

}  // namespace

TEST_CASE("a confined plugin has threads that wait for one another") {
    at_each_level([](Prison& prison, const Ground&, Level) { CHECK(prison.attempt("threads").result == 8); });
}

TEST_CASE("a confined plugin has memory, small and large, in all threads") {
    at_each_level([](Prison& prison, const Ground&, Level) { CHECK(prison.attempt("memory").result == 70); });
}

TEST_CASE("a confined plugin throws and catches") {
    at_each_level([](Prison& prison, const Ground&, Level) { CHECK(prison.attempt("exceptions").text == "caught"); });
}

TEST_CASE("a confined plugin knows the time, and the time zone of its host") {
    const Setting zone("TZ", "Asia/Tokyo");
    at_each_level([](Prison& prison, const Ground&, Level) {
        const time_t now = ::time(nullptr);
        const Answer answer = prison.attempt("times");
        CHECK(answer.result >= now);
        CHECK(answer.result <= ::time(nullptr) + 1);
        CHECK(answer.text == "1970-01-01 09:00 JST");
        CHECK(prison.attempt("sleeps").result == 1);
    });
}

TEST_CASE("a confined plugin speaks the languages of the system") {
    at_each_level([](Prison& prison, const Ground&, Level level) {
        CHECK(prison.attempt("locales", "C").text == "C");
        if (level != Level::locked) CHECK(prison.attempt("locales", "C.UTF-8").text == "C.UTF-8");
    });
}

TEST_CASE("a confined plugin has random numbers, which are others each time") {
    at_each_level([](Prison& prison, const Ground&, Level) {
        const Answer first = prison.attempt("random_numbers"), second = prison.attempt("random_numbers");
        CHECK(first.result == 16);
        CHECK(first.text != second.text);
    });
}

TEST_CASE("a confined plugin reads what it was granted, and writes what is its own") {
    at_each_level([](Prison& prison, const Ground& ground, Level level) {
        const std::string file = ground.granted() + "/file", secret = ground.secret_in(file);
        const Answer granted = prison.attempt("read_file", file);
        const Answer own = prison.attempt("write_and_read", ground.data() + "/own");
        if (level == Level::locked) {  // for which no grant counts
            CHECK(granted.error == EPERM);
            CHECK(own.error == EPERM);
        } else {
            CHECK(granted.text == secret);
            CHECK(own.text == "created");
            CHECK(text_of(ground.data() + "/own") == "created");
        }
    });
}

TEST_CASE("a confined plugin looks at its files as programs do") {
    at_each_level([](Prison& prison, const Ground& ground, Level level) {
        if (level == Level::locked) return;
        const Answer answer = prison.attempt("looks_at_files", ground.data());
        CHECK(answer.why == "");
        CHECK(answer.text == "as usual");
    });
}

TEST_CASE("a confined plugin looks at its open files on a thread that blocks all signals") {
    at_each_level([](Prison& prison, const Ground& ground, Level level) {
        if (level == Level::locked) return;
        const std::string file = ground.granted() + "/file", secret = ground.secret_in(file);
        const Answer answer = prison.attempt("looks_while_deaf", file);
        CHECK(answer.result == static_cast<std::int64_t>(secret.size()));
        CHECK(answer.text == "deaf");
    });
}

TEST_CASE("a confined plugin keeps the locks on a file that it looks at") {
    at_each_level([](Prison& prison, const Ground& ground, Level level) {
        if (level == Level::locked) return;
        const std::string path = ground.data() + "/database";
        ground.secret_in(path);
        CHECK(prison.attempt("keeps_its_locks", path).text == "locked");
        const tenon::base::Fd file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
        struct flock lock{};
        lock.l_type = F_WRLCK;
        REQUIRE(::fcntl(file.get(), F_GETLK, &lock) == 0);
        CHECK(lock.l_type == F_WRLCK);
        CHECK(lock.l_pid == prison.pid());
    });
}

TEST_CASE("a confined plugin has the libraries that are there") {
    at_each_level([](Prison& prison, const Ground&, Level) { CHECK(prison.attempt("opens_libraries").result == 1); });
}

TEST_CASE("plugins in C, C++ and Rust, of several compilers and libraries, do their work confined") {
    const Ground ground;  // where private copies are made
    auto options = tenon::sized<tenon_host_options>();
    options.worker_file = tenon::str(worker_file());
    options.trust = TENON_TRUST_STRICT;
    const Holdings before;
    {
        tenon::Host host(options);
        host.offer<languages_contract>();
        const tenon::Report report = host.load(languages_folder());
        REQUIRE(report.size() > 0);
        for (std::uint64_t i = 0; i < report.size(); ++i) {
            INFO(tenon::view(report[i].plugin) << ": " << tenon::view(report[i].text));
            CHECK(report[i].state == TENON_STATE_ACTIVE);
        }
        tenon::Scope scope(host);
        auto text = tenon::sized<languages_text>();
        text.words = tenon::str("signed by");
        CHECK(host.hook<languages_sign_hook>()(scope, text) == TENON_CHANGED);
        CHECK(text.hands == report.size());
        CHECK(std::string(tenon::view(text.words)).ends_with(" rust"));
        CHECK(scope.error_count() == 0);
    }
    CHECK(nothing_is_left(before));
}
