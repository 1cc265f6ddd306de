// docs/lint.md and the catalogue say the same.
#include <map>
#include <set>

#include "tests/lint/fixtures.h"

using namespace tenon::loader;

namespace {

// The chapters of the page: id -> text. A chapter's title is "## `lint.id`".
std::map<std::string, std::string> chapters() {
    const std::string page = tenon::base::read_file(LINT_PAGE, 1u << 20).take();
    std::map<std::string, std::string> all;
    const std::string mark = "\n## `";
    for (std::size_t at = page.find(mark); at != std::string::npos;) {
        const std::size_t begin = at + mark.size(), end = page.find('`', begin), next = page.find("\n## ", end);
        all[page.substr(begin, end - begin)] = page.substr(end, next - end);
        at = page.find(mark, end);
    }
    return all;
}

// Lines of the page are broken.
std::string in_one_line(std::string text) {
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos;) text[at] = ' ';
    return text;
}

}  // namespace

TEST_CASE("the page and the catalogue list the same findings") {
    std::set<std::string> on_the_page, in_the_catalogue;
    for (const auto& [id, text] : chapters()) on_the_page.insert(id);
    for (const LintRule& rule : lint_rules()) in_the_catalogue.insert(std::string(rule.id));
    CHECK(on_the_page == in_the_catalogue);
    CHECK(in_the_catalogue.size() == lint_rules().size());  // no id twice
}

TEST_CASE("the page gives each finding the severity, the fix and the meaning that the catalogue gives it") {
    const std::map<std::string, std::string> all = chapters();
    for (const LintRule& rule : lint_rules()) {
        INFO(rule.id);
        const auto chapter = all.find(std::string(rule.id));
        REQUIRE(chapter != all.end());
        const std::string text = in_one_line(chapter->second);
        CHECK_THAT(text, Catch::Matchers::StartsWith("`  **" + std::string(severity_name(rule.severity)) + ".**"));
        CHECK_THAT(text, Catch::Matchers::Contains("Fix: " + std::string(rule.fix)));
        for (const auto& [what, means] :
             {std::pair("loading", rule.means.loading), std::pair("reloading", rule.means.reloading),
              std::pair("isolation", rule.means.isolation), std::pair("older systems", rule.means.older_systems)})
            CHECK_THAT(text, Catch::Matchers::Contains("| " + std::string(what) + " | " + std::string(means) + " |"));
    }
}

TEST_CASE("rules are grouped by severity") {
    const auto rules = lint_rules();
    CHECK(std::is_sorted(rules.begin(), rules.end(),
                         [](const LintRule& a, const LintRule& b) { return a.severity < b.severity; }));
}

TEST_CASE("a problem of the file itself is an error that says what follows") {
    const Finding finding = to_finding({"image.bad-elf", "shop.so: is damaged", "Build it again."});
    CHECK(finding.id == "image.bad-elf");
    CHECK(finding.severity == Severity::error);
    CHECK(finding.text == "shop.so: is damaged");
    CHECK(finding.fix == "Build it again.");
    CHECK(finding.means.loading == "it is refused");
}
