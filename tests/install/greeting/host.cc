// Loads the plugins of a folder and sends a letter through them.
#include <greeting.h>

#include <cstdio>
#include <tenon/host.hpp>

int main(int argc, char** argv) try {
    if (argc != 2) return 2;
    tenon::Host host;
    host.offer<greeting_contract>();
    const tenon::Report report = host.load(argv[1]);
    for (std::uint64_t i = 0; i < report.size(); ++i) {
        const tenon_report_row row = report[i];
        std::printf("%.*s is %s %.*s\n", static_cast<int>(row.plugin.size), row.plugin.data,
                    tenon_state_name(row.state), static_cast<int>(row.text.size), row.text.data);
    }
    tenon::Scope scope(host);
    auto letter = tenon::sized<greeting_letter>();
    letter.text = tenon::str("good morning.");
    host.hook<greeting_before_sending_hook>()(scope, letter);
    std::printf("%.*s\n", static_cast<int>(letter.text.size), letter.text.data);
    return report.all_active() && report.size() == 1 ? 0 : 1;
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
