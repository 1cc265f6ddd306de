// The differential test of manifest/version.h and manifest/range.h against npm's package semver.
//     semver_oracle_test write TABLE PAIRS [SEED]             writes what npm is to be asked
//     semver_oracle_test compare TABLE PAIRS ANSWERS [SEED]   compares its answers with ours
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <map>

#include "tests/semver/answers.h"
#include "tests/semver/deviations.h"
#include "tests/semver/inputs.h"

namespace semver {
namespace {

// Counts what npm said and how Tenon differs; prints the first differences.
class Report {
public:
    void compare(const Input& input, const std::string& npm, bool random) {
        const std::string tenon = answer(input);
        if (random) ++asked_[std::string(name_of(input.kind))];
        if (random) ++said_[fmt::format("{} {}", name_of(input.kind), said(input, npm))];
        if (tenon == npm) return;
        const std::size_t why = explanation(input, npm, tenon);
        if (why < deviations().size())
            ++explained_[why];
        else if (++differences_ <= 20)
            fmt::print("difference: {}: npm says \"{}\", Tenon says \"{}\"\n", to_line(input), npm, tenon);
    }

    // Of npm's answers to the random inputs of that kind.
    void require_share(const char* kind, const char* answer, std::size_t percent) {
        const std::size_t found = said_[fmt::format("{} {}", kind, answer)];
        fmt::print("{} of {} random {} inputs: {}\n", found, asked_[kind], kind, answer);
        require(found * 100 >= asked_[kind] * percent, fmt::format("that is less than {} %", percent));
    }

    void require_all_deviations() {
        for (std::size_t i = 0; i < deviations().size(); ++i) {
            fmt::print("{} differences: {}\n", explained_[i], deviations()[i].name);
            require(explained_[i] > 0, "no input shows this deviation: remove it, or add a case");
        }
    }

    void require(bool good, const std::string& otherwise) {
        if (!good) fmt::print("wrong: {}\n", otherwise);
        wrong_ += good ? 0 : 1;
    }

    bool good() const {
        if (differences_ > 0) fmt::print("{} differences from npm that no deviation explains\n", differences_);
        return wrong_ == 0 && differences_ == 0;
    }

private:
    static std::string said(const Input& input, const std::string& npm) {
        const bool is_text = input.kind == Kind::version || input.kind == Kind::sort;
        return is_text && npm != "refused" ? "taken" : npm;
    }

    std::map<std::string, std::size_t> asked_, said_;
    std::map<std::size_t, std::size_t> explained_;
    std::size_t differences_ = 0;
    int wrong_ = 0;
};

int write(const std::vector<Input>& inputs) {
    for (const Input& input : inputs) fmt::print("{}\n", to_line(input));
    return 0;
}

int compare(const std::vector<Input>& inputs, std::size_t of_table, const char* path) {
    Report report;
    std::ifstream answers(path);
    std::string npm;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (!std::getline(answers, npm)) report.require(false, "npm gave fewer answers than it was asked for");
        if (!answers) return 1;
        report.compare(inputs[i], npm, i >= of_table);
    }
    report.require(!std::getline(answers, npm), "npm gave more answers than it was asked for");
    fmt::print("{} cases of the table, {} random inputs\n", of_table, inputs.size() - of_table);
    report.require(of_table >= 700, "the table has fewer than 700 cases");
    report.require_share("satisfies", "yes", 20);
    report.require_share("satisfies", "no", 20);
    report.require_share("range", "taken", 20);
    report.require_share("range", "refused", 20);
    report.require_share("version", "taken", 20);
    report.require_share("version", "refused", 20);
    report.require_share("compare", "<", 20);
    report.require_share("compare", ">", 20);
    report.require_share("compare", "=", 5);
    report.require_all_deviations();
    return report.good() ? 0 : 1;
}

}  // namespace
}  // namespace semver

int main(int argc, char** argv) {
    const std::string_view verb = argc > 1 ? argv[1] : "";
    const int wanted = verb == "write" ? 4 : verb == "compare" ? 5 : 0;
    if (wanted == 0 || argc < wanted || argc > wanted + 1) return 2;
    std::vector<semver::Input> inputs = semver::read_table(argv[2]);
    const std::size_t of_table = inputs.size();
    const std::uint64_t seed = argc > wanted ? std::stoull(argv[wanted]) : semver::usual_seed;
    for (semver::Input& input : semver::random_inputs(std::stoul(argv[3]), seed)) inputs.push_back(std::move(input));
    return verb == "write" ? semver::write(inputs) : semver::compare(inputs, of_table, argv[4]);
}
