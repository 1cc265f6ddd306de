#include "tests/conformance/loadings.h"

#include <sstream>

namespace tenon::conformance {

Loadings loadings_of(const std::string& transcript, const std::string& plugin) {
    Loadings out;
    std::istringstream lines(transcript);
    bool loading = false;
    for (std::string line; std::getline(lines, line);) {
        const bool is_row = line.rfind("  ", 0) == 0;
        if (!is_row) loading = line.rfind("loaded: ", 0) == 0;
        std::istringstream words(line);
        std::string id, version, state, reason;
        if (!is_row || !loading || !(words >> id >> version >> state) || id != plugin) continue;
        std::getline(words >> std::ws, reason, ' ');
        if (state == "active")
            ++out.active;
        else
            out.reasons.insert(reason == "|" ? "" : reason);
    }
    return out;
}

}  // namespace tenon::conformance
