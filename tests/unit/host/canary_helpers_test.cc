// Helpers that are missing, or are something else than a canary.
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "tests/unit/host/canary_fixture.h"

using namespace tenon;
using namespace tenon::test;

namespace {

constexpr const char* install = "Install the tenon-canary of this release there, or load without a canary.";

host::CanaryTask with_helper(const std::string& path) {
    host::CanaryTask task = task_for("does_no_harm");
    task.helper = path;
    return task;
}

// More than any pipe or socket holds.
std::vector<tenon_record> many_records() {
    return std::vector<tenon_record>(100'000);
}

}  // namespace

TEST_CASE("a helper that is missing or cannot be run is named, with the system's words") {
    const auto text = [](const std::string& path, const char* words) {
        return "canary.unavailable: " + path + ": cannot be started: " + words;
    };
    const TemporaryFolder folder;
    const base::Check missing = tried(with_helper(folder.path() + "/absent"));
    CHECK(refusal(missing) == text(folder.path() + "/absent", "No such file or directory"));
    CHECK(missing->fix == install);
    CHECK(refusal(tried(with_helper(folder.path()))) == text(folder.path(), "Permission denied"));
    const base::Check none = tried(with_helper(""));
    CHECK(refusal(none) == "canary.unavailable: the canary is missing: there is no helper to try plugins in");
    CHECK(none->fix == "Install tenon/tenon-canary beside libtenon, or load without a canary.");
}

TEST_CASE("a temporary folder that does not exist leaves no place for the canary") {
    const host::CanaryTask task = task_for("does_no_harm");
    const Variable here("TMPDIR", "/proc/no-such-folder");
    const base::Check problem = host::try_in_canary(task);
    CHECK(refusal(problem).starts_with("canary.unavailable: " + std::string(TENON_CANARY) +
                                       ": no folder for it: /proc/no-such-folder"));
}

TEST_CASE("a helper that ends before it has begun is unavailable, with its last words") {
    const Script script("echo 'cannot find libtenon.so.0' >&2; exit 127");
    const base::Check problem = tried(with_helper(script.path()));
    CHECK(refusal(problem) == "canary.unavailable: " + script.path() +
                                  ": ended with status 127 before any plugin was loaded; its last words:\n"
                                  "    | cannot find libtenon.so.0");
    const Script killed("kill -9 $$");
    CHECK(refusal(tried(with_helper(killed.path()))) ==
          "canary.unavailable: " + killed.path() +
              ": ended with SIGKILL before any plugin was loaded; it said nothing");
}

TEST_CASE("a helper that answers nonsense, without end or in a wrong size is stopped at once") {
    const auto nonsense = [](const std::string& body, const std::string& answer) {
        const Script script(body);
        const host::CanaryTask task = with_helper(script.path());
        CHECK(refusal(tried(task)) == "canary.garbled: " + task.library + ": the canary " + task.helper +
                                          " was killed before any plugin was loaded: it answered " + answer);
    };
    nonsense("exec yes nonsense >&3", "\"nonsense\\x0anonsense\\x0anonsen\", which is no answer");
    nonsense("printf X >&3; exec sleep 1000", "\"X\", which is no answer");
    nonsense("printf 'cnry\\377\\377\\377\\177' >&3; exec sleep 1000",
             "\"cnry\\xff\\xff\\xff\\x7f\", which is no answer");
    nonsense("printf 'cnry\\004\\0\\0\\0abcd' >&3; exec sleep 1000",
             "\"cnry\\x04\\x00\\x00\\x00abcd\", which is no answer");
    // It says that it is done, and has done nothing.
    const std::string done =
        "cnry\\030\\0\\0\\0\\005\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0";
    nonsense("printf '" + done + "' >&3", "out of turn");
    // What is random is never twice the same.
    const Script random("exec cat /dev/urandom >&3");
    CHECK(refusal(tried(with_helper(random.path()))).starts_with("canary.garbled: "));
}

TEST_CASE("a helper that reads nothing, says nothing or talks without end has only the time there is") {
    for (const char* const body : {"exec sleep 1000", "exec 3>&- >/dev/null 2>&1; exec sleep 1000", "exec yes"}) {
        const Script script(body);
        host::CanaryTask task = with_helper(script.path());
        task.contracts = many_records();
        task.timeout_ns = 200'000'000;
        CHECK(refusal(tried(task))
                  .starts_with(
                      "canary.hung: " + task.library +
                      ": the canary had not come back after 200 ms; it was killed before any plugin was loaded; "));
    }
}

TEST_CASE("a helper that goes away while it is told its order does not raise SIGPIPE") {
    const Script script("exit 0");
    host::CanaryTask task = with_helper(script.path());
    task.contracts = many_records();
    CHECK(refusal(tried(task)) ==
          "canary.unavailable: " + task.helper + ": ended with status 0 before any plugin was loaded; it said nothing");
}

TEST_CASE("without descriptors there is no canary, and none is lost") {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const rlimit small{std::min<rlim_t>(128, limit.rlim_max), limit.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &small);
    std::vector<base::Fd> all;
    const host::CanaryTask task = task_for("does_no_harm");
    const TemporaryFolder temporary;
    const Variable here("TMPDIR", temporary.path());
    while (all.empty() || all.back()) all.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    // One more descriptor is free each time; in the end there are enough. Nothing is checked meanwhile: that takes
    // some.
    std::vector<base::Problem> problems;
    for (bool tried_well = false; !tried_well && !all.empty();) {
        all.pop_back();
        base::Check problem = host::try_in_canary(task);
        tried_well = !problem;
        if (problem) problems.push_back(std::move(*problem));
    }
    all.clear();
    ::setrlimit(RLIMIT_NOFILE, &limit);
    CHECK(std::filesystem::is_empty(temporary.path()));
    CHECK(problems.size() > 4);
    CHECK(problems.size() < 20);
    for (const base::Problem& problem : problems) {
        CHECK(problem.id == "canary.unavailable");
        CHECK(problem.text.find("Too many open files") != std::string::npos);
    }
    CHECK(problems.front().text == task.helper + ": no pipe to it can be made: Too many open files");
    CHECK_FALSE(has_children());
}

TEST_CASE("the canary is found beside the library, and nowhere else") {
    CHECK(host::canary_beside(TENON_LIBRARY) == TENON_CANARY);
    const TemporaryFolder folder;
    const std::string library = folder.path() + "/libtenon.so";
    CHECK(host::canary_beside(library).empty());
    std::filesystem::create_directories(folder.path() + "/tenon/tenon-canary");
    CHECK(host::canary_beside(library).empty());
    CHECK(host::default_canary().empty());  // this program has none beside it
    const std::filesystem::path here = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "tenon";
    std::filesystem::create_directory(here);
    std::filesystem::create_symlink(TENON_CANARY, here / "tenon-canary");
    const std::string found = host::default_canary();
    std::filesystem::remove_all(here);
    REQUIRE_FALSE(found.empty());
    CHECK(std::filesystem::path(found).filename() == "tenon-canary");
}

TEST_CASE("the canary says what it is for to people who start it") {
    const auto run = [](const std::string& arguments) {
        std::FILE* const pipe = ::popen((TENON_CANARY + arguments + " 2>&1").c_str(), "r");
        REQUIRE(pipe != nullptr);
        std::array<char, 1024> bytes{};
        std::string out(bytes.data(), std::fread(bytes.data(), 1, bytes.size(), pipe));
        return out + "status " + std::to_string(WEXITSTATUS(::pclose(pipe)));
    };
    CHECK(
        run(" --help") ==
        "tenon-canary loads, starts, stops and unloads a plugin, so that a host sees it crash, exit or hang here "
        "first.\n"
        "\n"
        "Hosts start it themselves, with a socket that it is told what to load on; it has nothing to do without one.\n"
        "To try a plugin by hand, use `tenon load`.\nstatus 0");
    CHECK(run("") == "tenon-canary: hosts start it; see tenon-canary --help\nstatus 2");
    CHECK(run(" --line 3 3</dev/null") == "tenon-canary: what its socket says is no order of this release\nstatus 2");
}
