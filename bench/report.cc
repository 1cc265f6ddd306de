#include "report.h"

#include <sys/utsname.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace bench {

namespace {

std::string fixed(double value, int digits) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

}  // namespace

void Medians::ReportRuns(const std::vector<Run>& runs) {
    for (const Run& run : runs)
        if (run.run_type == Run::RT_Aggregate && run.aggregate_name == "median")
            medians_[run.run_name.function_name + "/" + run.run_name.args] = run.GetAdjustedCPUTime();
    ConsoleReporter::ReportRuns(runs);
}

double Medians::of(const std::string& who, int handlers) const {
    const auto found = medians_.find(who + "/" + std::to_string(handlers));
    return found == medians_.end() ? 0 : found->second;
}

std::string markdown(const Medians& medians, const std::vector<std::string>& who, const std::vector<int>& handlers) {
    std::string table = "| handlers |";
    std::string line = "|---|";
    for (const std::string& name : who) {
        table += " " + name + ", ns |" + (name == who.front() ? "" : " ratio |");
        line += name == who.front() ? "---|" : "---|---|";
    }
    table += "\n" + line + "\n";
    for (const int count : handlers) {
        table += "| " + std::to_string(count) + " |";
        const double floor = medians.of(who.front(), count);
        for (const std::string& name : who) {
            const double own = medians.of(name, count);
            table += " " + fixed(own, 2) + " |";
            if (name != who.front()) table += " " + (floor > 0 ? fixed(own / floor, 2) : "-") + " |";
        }
        table += "\n";
    }
    return table;
}

void keep(const std::string& table) {
    if (const char* const path = std::getenv("BENCH_TABLE")) std::ofstream(path) << table;
}

std::string machine() {
    std::string model = "unknown processor";
    std::ifstream cpuinfo("/proc/cpuinfo");
    for (std::string line; std::getline(cpuinfo, line);)
        if (line.rfind("model name", 0) == 0) {
            model = line.substr(line.find(':') + 2);
            break;
        }
    struct utsname kernel{};
    ::uname(&kernel);
    return model + ", " + std::to_string(std::thread::hardware_concurrency()) + " cores, Linux " + kernel.release;
}

}  // namespace bench
