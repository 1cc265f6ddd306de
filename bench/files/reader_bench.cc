// How long the reader takes to say that a file is no plugin, and to read one, and the pre-flight check to look at one
// when the system's libraries are known; files in the page cache.
#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "base/file.h"
#include "loader/image.h"
#include "loader/lint.h"

using namespace tenon;

namespace {

constexpr int rounds = 9, runs = 2000;

struct Times {
    double p50 = 0, p99 = 0;  // microseconds
};

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

Times one_round(const std::function<void()>& action) {
    std::vector<double> spent(runs);
    for (double& time : spent) {
        const auto begun = std::chrono::steady_clock::now();
        action();
        time = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begun).count();
    }
    std::sort(spent.begin(), spent.end());
    return {spent[runs / 2], spent[runs * 99 / 100]};
}

// The median round: one that something else on the machine disturbed does not count.
Times measure(const std::function<void()>& action) {
    std::vector<double> p50, p99;
    action();
    for (int round = 0; round < rounds; ++round) {
        const Times times = one_round(action);
        p50.push_back(times.p50);
        p99.push_back(times.p99);
    }
    return {median(p50), median(p99)};
}

class Table {
public:
    // A row: what is done, with which file, and how long it may take (microseconds).
    void row(const std::string& what, const std::string& path, double gate, const std::function<void()>& action) {
        const Times times = measure(action);
        text_ += fmt::format("| {} | {} | {} KiB | {:.1f} us | {:.1f} us | < {} us | {} |\n", what,
                             std::filesystem::path(path).filename().string(), std::filesystem::file_size(path) / 1024,
                             times.p50, times.p99, gate, times.p50 < gate ? "yes" : "no");
    }
    const std::string& text() const { return text_; }

private:
    std::string text_ =
        "| what | file | size | p50 | p99 | gate for p50 | kept |\n"
        "|---|---|---|---|---|---|---|\n";
};

// Reads the file; anything else than the expected answer ("" is an image) would measure something else.
std::function<void()> reading(const std::string& path, const std::string& expected) {
    return [path, expected] {
        const base::Result<loader::Image> image = loader::read_image_file(path);
        if ((image ? "" : image.problem().id) == expected) return;
        std::cerr << path << ": wanted \"" << expected << "\", got \"" << (image ? "" : image.problem().text) << "\"\n";
        std::exit(1);
    };
}

// Looks at the file as at a plugin, whatever it is. Only a machine without its libraries could have no findings.
std::function<void()> checking(const std::string& path, const loader::System& system) {
    return [path, &system] {
        const base::Result<loader::FileSource> source = loader::FileSource::open(path);
        loader::Image image;
        image.path = path;
        image.platform = system.facts().platform;
        image.note_type = TENON_NOTE_PLUGIN;
        if (source && !loader::lint(source.value(), image, system).empty()) return;
        std::cerr << path << ": was not looked at\n";
        std::exit(1);
    };
}

// The file of the library that defines a symbol in this process.
std::string library_of(const char* symbol) {
    Dl_info found{};
    if (::dladdr(::dlsym(RTLD_DEFAULT, symbol), &found) != 0)
        return std::filesystem::canonical(found.dli_fname).string();
    std::cerr << "no library defines " << symbol << "\n";
    std::exit(1);
}

}  // namespace

int main() {
    const std::string folder = base::make_unique_folder(base::temporary_folder(), "tenon-bench-").take();
    const std::string text = folder + "/notes.txt";
    if (const base::Check problem = base::write_file(text, std::string(100000, 'x'))) return 1;
    const std::string plugins = BENCH_PLUGINS;

    Table table;
    table.row("refuse a text", text, 50, reading(text, "image.not-elf"));
    for (const char* const symbol : {"realpath", "__cxa_throw"})
        table.row("refuse a system library", library_of(symbol), 50, reading(library_of(symbol), "image.no-note"));
    for (const std::string name : {"/bench_plugin_in_c.so", "/bench_plugin_in_cpp.so"})
        table.row("read a plugin", plugins + name, 30, reading(plugins + name, ""));
    const loader::System system;
    for (const std::string& path : {plugins + "/bench_plugin_in_cpp.so", library_of("__cxa_throw")})
        table.row("check before loading", path, 2000, checking(path, system));

    base::remove_tree(folder);
    std::cout << table.text();
    if (const char* const out = std::getenv("BENCH_TABLE"))
        if (base::write_file(out, table.text())) return 1;
    return 0;
}
