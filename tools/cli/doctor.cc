#include "tools/cli/doctor.h"

#include <algorithm>
#include <iterator>

#include "tools/cli/doctor_system.h"
#include "tools/cli/exit_code.h"

namespace tenon::cli {
namespace {

using loader::Finding;
using loader::Severity;

std::vector<Finding> lint(const Facts& facts, const loader::System& system) {
    if (!facts.image) return {};
    const base::Result<loader::FileSource> source = loader::FileSource::open(facts.path);
    if (!source) return {loader::to_finding(source.problem())};
    return loader::lint(source.value(), *facts.image, system);
}

Diagnosis diagnose(const std::string& path, const loader::System& system) {
    Diagnosis diagnosis{read_facts(path), {}};
    std::vector<Finding> linted = lint(diagnosis.facts, system);
    const bool elsewhere =
        std::any_of(linted.begin(), linted.end(), [](const Finding& one) { return one.id == "lint.machine"; });
    // Problems are errors, and what was linted begins with its errors.
    for (const base::Problem& problem : diagnosis.facts.problems)
        if (!elsewhere || !problem.id.starts_with("image.wrong-"))  // the same, said twice
            diagnosis.findings.push_back(loader::to_finding(problem));
    std::move(linted.begin(), linted.end(), std::back_inserter(diagnosis.findings));
    return diagnosis;
}

ExitCode verdict(const std::vector<Diagnosis>& diagnoses) {
    if (std::any_of(diagnoses.begin(), diagnoses.end(), [](const Diagnosis& one) { return one.facts.unreadable(); }))
        return exit_unreadable;
    const bool errors = std::any_of(diagnoses.begin(), diagnoses.end(),
                                    [](const Diagnosis& one) { return one.count(Severity::error) != 0; });
    return errors ? exit_refused : exit_fine;
}

}  // namespace

std::size_t Diagnosis::count(Severity severity) const {
    return static_cast<std::size_t>(
        std::count_if(findings.begin(), findings.end(), [&](const Finding& one) { return one.severity == severity; }));
}

int doctor(const DoctorOptions& options) {
    if (options.system) return doctor_system(options);
    const loader::System system;
    std::vector<Diagnosis> diagnoses;
    for (const std::string& path : options.files) diagnoses.push_back(diagnose(path, system));
    if (options.json) {
        print_diagnoses_json(diagnoses);
        return verdict(diagnoses);
    }
    const Screen screen(options.no_color);
    for (const Diagnosis& diagnosis : diagnoses) {
        if (&diagnosis != &diagnoses.front()) screen.line();
        print_diagnosis(screen, diagnosis);
    }
    return verdict(diagnoses);
}

}  // namespace tenon::cli
