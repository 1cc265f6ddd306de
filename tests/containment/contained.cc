#include "tests/containment/contained.h"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tenon::test {
namespace {

std::string names(std::uint32_t layers) {
    std::string all;
    for (std::uint32_t bit = 1; bit <= layers; bit *= 2)
        if ((layers & bit) != 0) all += std::string(sandbox::to_string(static_cast<sandbox::Layer>(bit))) + " ";
    return all.empty() ? "none" : all;
}

enum class Expected { refused_with_the_error, refused, in_vain, success };

void check_refusal(const Attempt& attempt, const Answer& answer, Expected expected) {
    CHECK(answer.answered);
    if (expected != Expected::in_vain) CHECK(answer.result < 0);
    if (expected == Expected::refused_with_the_error) CHECK(answer.error == attempt.error);
}

void check_success(const Attempt& attempt, const Answer& answer) {
    if (attempt.other_error != 0)
        CHECK((answer.result < 0 && answer.error == attempt.other_error));
    else if (attempt.ends)
        CHECK(answer.code == TENON_E_GONE);
    else
        CHECK(answer.succeeded());
}

void run(const Attempt& attempt, std::uint32_t without, Expected expected,
         const std::function<Stage(const Ground&, Prison&)>& make_stage) {
    const Ground ground;
    const Holdings before;
    {
        Walls walls = attempt.walls;
        walls.without = without | attempt.also;
        Prison prison(ground, walls);
        INFO("left out: " << names(walls.without) << "; " << prison.text());
        REQUIRE(prison.row().state == TENON_STATE_ACTIVE);
        const Stage stage = make_stage(ground, prison);
        const Answer answer = prison.attempt(attempt.name, stage.argument);
        INFO(attempt.name << " " << stage.argument << ": " << answer.result << ", errno " << answer.error << ", "
                          << answer.why);
        if (expected == Expected::success)
            check_success(attempt, answer);
        else
            check_refusal(attempt, answer, expected);
        const bool seen = attempt.other_error == 0 && stage.happened(answer);
        CHECK(seen == (expected == Expected::success && attempt.other_error == 0));
        CHECK(prison.runs_again());
    }
    CHECK(nothing_is_left(before));
}

}  // namespace

std::uint32_t landlock_since(int version) {
    return ::syscall(SYS_landlock_create_ruleset, nullptr, 0, 1u) >= version ? landlock : 0;
}

std::uint32_t if_root(std::uint32_t layer) {
    return as_root() ? layer : 0;
}

Attempt if_there(bool it, const std::string& what, Attempt attempt) {
    if (!machine_has(it, what)) attempt.stopped_by = 0;
    return attempt;
}

void contained(const Attempt& attempt, const std::function<Stage(const Ground&, Prison&)>& stage) {
    run(attempt, 0, Expected::refused_with_the_error, stage);
    if (attempt.stopped_by == 0 || (attempt.wants_root && !as_root())) return;  // who stops it cannot be seen
    run(attempt, attempt.stopped_by, Expected::success, stage);
    for (std::uint32_t layer = 1; layer <= attempt.stopped_by; layer *= 2)
        if ((attempt.stopped_by & layer) != 0 && layer != attempt.stopped_by)
            run(attempt, attempt.stopped_by & ~layer,
                (attempt.in_vain & layer) != 0 ? Expected::in_vain : Expected::refused, stage);
}

bool nothing_is_left(const Holdings& before) {
    return sandbox_test::eventually([&] {
        while (::waitpid(-1, nullptr, WNOHANG) > 0) {
        }
        return Holdings() == before;
    });
}

}  // namespace tenon::test
