// What was found, for programs. docs/cli.md lists the keys; every key is always there.
#include "tools/cli/doctor.h"
#include "tools/cli/json.h"

namespace tenon::cli {
namespace {

using loader::Severity;

Json finding_json(const loader::Finding& finding) {
    return {{"id", finding.id},
            {"severity", loader::severity_name(finding.severity)},
            {"text", finding.text},
            {"fix", finding.fix},
            {"means",
             {{"loading", finding.means.loading},
              {"reloading", finding.means.reloading},
              {"isolation", finding.means.isolation},
              {"older_systems", finding.means.older_systems}}}};
}

Json diagnosis_json(const Diagnosis& diagnosis) {
    Json out = {{"file", diagnosis.facts.path},
                {"title", title(diagnosis.facts)},
                {"errors", diagnosis.count(Severity::error)},
                {"warnings", diagnosis.count(Severity::warning)},
                {"notes", diagnosis.count(Severity::note)},
                {"findings", Json::array()}};
    for (const loader::Finding& finding : diagnosis.findings) out["findings"].push_back(finding_json(finding));
    return out;
}

}  // namespace

void print_diagnoses_json(const std::vector<Diagnosis>& diagnoses) {
    Json out = Json::array();
    for (const Diagnosis& diagnosis : diagnoses) out.push_back(diagnosis_json(diagnosis));
    print_json(out);
}

}  // namespace tenon::cli
