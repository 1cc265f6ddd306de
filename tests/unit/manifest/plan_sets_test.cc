#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "tests/unit/manifest/plan_file.h"
#include "tests/unit/manifest/plan_fixture.h"

using namespace tenon::manifest;

namespace {

std::vector<std::string> plan_files() {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(TENON_PLANS))
        if (entry.path().extension() == ".plan") files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

TEST_CASE("each set of plugins is planned as its file says, in whatever order its plugins are found") {
    const std::vector<std::string> paths = plan_files();
    CHECK(paths.size() >= 60);
    for (const std::string& path : paths) {
        PlanFile file = read_plan_file(path);
        CAPTURE(path, file.sentence);
        CHECK(plan_text(file) == file.expected);
        std::reverse(file.candidates.begin(), file.candidates.end());
        CHECK(plan_text(file) == file.expected);
    }
}

TEST_CASE("the sets show every problem that a plan can have, and no two say the same") {
    const std::vector<std::string> problems = {"platform",
                                               "glibc",
                                               "host",
                                               "feature",
                                               "already-active",
                                               "duplicate-id",
                                               "duplicate-contract",
                                               "duplicate-service",
                                               "duplicate-soname",
                                               "superseded",
                                               "pin-unmatched",
                                               "dependency-missing",
                                               "dependency-version",
                                               "dependency-refused",
                                               "contract-missing",
                                               "contract-version",
                                               "contract-refused",
                                               "cycle",
                                               "replaced",
                                               "conflict"};
    std::string all;
    std::set<std::string> sentences;
    for (const std::string& path : plan_files()) {
        const PlanFile file = read_plan_file(path);
        CHECK(sentences.insert(file.sentence).second);
        all += file.expected;
    }
    for (const std::string& problem : problems) CHECK(all.find("\nplan." + problem + ": ") != std::string::npos);
}
