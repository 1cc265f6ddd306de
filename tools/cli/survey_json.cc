// Surveys for programs: share/report.schema.json describes them; every key is always there.
#include "tools/cli/json.h"
#include "tools/cli/survey.h"

namespace tenon::cli {

void print_survey_json(const Survey& survey, int exit_code) {
    Json out = {{"contracts", Json::array()},
                {"plugins", Json::array()},
                {"problems", to_json(survey.problems)},
                {"microseconds", survey.microseconds},
                {"exit_code", exit_code}};
    for (const OfferedContract& contract : survey.contracts) out["contracts"].push_back(to_json(contract));
    for (const ReportRow& row : survey.plugins) out["plugins"].push_back(to_json(row));
    print_json(out);
}

}  // namespace tenon::cli
