// Constructors: they run before the last of the walls is up, and get nothing out of that.
#include <cerrno>

#include "tests/containment/contained.h"

using namespace tenon::test;

namespace {

// A plugin whose constructor tries this.
class Early {
public:
    explicit Early(const char* attempt, std::uint32_t without = 0)
        : setting_("ESCAPIST_IN_CONSTRUCTOR", attempt), prison(ground_, walls(without)) {}

private:
    static Walls walls(std::uint32_t without) {
        Walls walls;
        walls.grants = ", \"env:ESCAPIST_IN_CONSTRUCTOR\"";
        walls.without = without;
        return walls;
    }
    const Ground ground_;
    const Setting setting_;

public:
    Prison prison;
};

}  // namespace

TEST_CASE("a constructor that says in the kernel's place that the second filter is on is found out") {
    const Holdings before;
    {
        Early early("fake_second_filter");
        CHECK(early.prison.row().state == TENON_STATE_FAILED);
        CHECK(early.prison.reason() == "sandbox.canary");
        CHECK(early.prison.text() ==
              plugin_file() +
                  ": its worker is not confined: the second filter of system calls was said to be on, and is not");
    }
    CHECK(nothing_is_left(before));
}

TEST_CASE("a constructor has no memory that it could write and execute, and none that it could execute only") {
    for (const char* const name : {"map_executable", "make_executable", "map_anonymous_code", "map_shared_code"}) {
        INFO(name);
        const Holdings before;
        {
            Early early(name);
            REQUIRE(early.prison.text() == "");
            const Answer answer = early.prison.attempt("what_came_early");
            CHECK(answer.result == -1);
            CHECK(answer.error == EPERM);
        }
        {
            Early early(name, seccomp);
            CHECK(early.prison.attempt("what_came_early").succeeded());
        }
        CHECK(nothing_is_left(before));
    }
}
