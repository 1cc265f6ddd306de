#include "report.h"

#include <sys/utsname.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace bench {

std::string fixed(double value, int digits) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

std::string row(const std::vector<std::string>& cells) {
    std::string line = "|";
    for (const std::string& cell : cells) line += " " + cell + " |";
    return line + "\n";
}

std::string head(const std::vector<std::string>& cells) {
    std::string line = row(cells) + "|";
    for (std::size_t i = 0; i < cells.size(); ++i) line += "---|";
    return line + "\n";
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
