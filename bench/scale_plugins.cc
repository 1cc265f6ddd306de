#include "scale_plugins.h"

#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <tenon/host.hpp>
#include <vector>

#include "event.h"
#include "measure.h"
#include "report.h"

namespace bench {

namespace {

constexpr std::size_t plugins = 1000;
constexpr int rounds = 7;
constexpr char template_id[] = "org.tenon.bench.plugin-0000";

// A folder that is gone with this object.
class Folder {
public:
    explicit Folder(const std::string& library) {
        std::string name = (std::filesystem::temp_directory_path() / "tenon-scale-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = name;
        std::ostringstream bytes;
        bytes << std::ifstream(library, std::ios::binary).rdbuf();
        std::string copy = bytes.str();
        const std::size_t place = copy.find(template_id);
        if (place == std::string::npos) throw std::runtime_error(library + " does not have the id that is expected");
        for (std::size_t i = 0; i < plugins; ++i) {
            const std::string number = std::to_string(10'000 + i).substr(1);
            copy.replace(place + sizeof template_id - 5, 4, number);
            files_.push_back(name + "/p" + number + ".so");
            std::ofstream(files_.back(), std::ios::binary) << copy;
        }
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const std::vector<std::string>& files() const { return files_; }
    std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
    std::vector<std::string> files_;
};

struct Cost {
    double wall_ms = 0, cpu_ms = 0, kib = 0;
};

double process_cpu_ms() {
    struct timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

template <class Work>
Cost cost_of(Work&& work) {
    const std::uint64_t memory = resident_kib(), wall = wall_ns();
    const double cpu = process_cpu_ms();
    work();
    return {static_cast<double>(wall_ns() - wall) / 1e6, process_cpu_ms() - cpu,
            static_cast<double>(resident_kib() - memory)};
}

Cost open_all(const Folder& folder) {
    return cost_of([&] {
        for (const std::string& file : folder.files()) {
            void* const handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
            if (handle == nullptr || ::dlsym(handle, "tenon_entry") == nullptr) throw std::runtime_error(::dlerror());
        }
    });
}

Cost load_all(const Folder& folder) {
    tenon::Host* const host = new tenon::Host;  // the process ends with it
    host->offer<bench_contract>();
    const Cost cost = cost_of([&] {
        if (!host->load(folder.path()).all_active()) throw std::runtime_error("a plugin was refused");
    });
    delete host;
    return cost;
}

// In a process of its own.
Cost apart(Cost (*measured)(const Folder&), const Folder& folder) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
    const pid_t child = ::fork();
    if (child == 0) {
        Cost cost;
        try {
            cost = measured(folder);
        } catch (const std::exception& e) {
            std::fprintf(stderr, "%s\n", e.what());
            ::_exit(1);
        }
        ::_exit(::write(ends[1], &cost, sizeof cost) == sizeof cost ? 0 : 1);
    }
    ::close(ends[1]);
    Cost cost;
    const bool whole = ::read(ends[0], &cost, sizeof cost) == sizeof cost;
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!whole || status != 0) throw std::runtime_error("a measurement failed");
    return cost;
}

Cost medians(const std::vector<Cost>& all) {
    std::vector<double> wall, cpu, kib;
    for (const Cost& one : all) {
        wall.push_back(one.wall_ms);
        cpu.push_back(one.cpu_ms);
        kib.push_back(one.kib);
    }
    return {median(wall), median(cpu), median(kib)};
}

std::string cost_row(const char* what, const Cost& cost, const Cost& floor) {
    return row({what, fixed(cost.wall_ms, 1), fixed(cost.cpu_ms, 1), fixed(cost.wall_ms * 1000 / plugins, 1),
                fixed(cost.kib / plugins, 1), fixed(cost.wall_ms / floor.wall_ms, 2)});
}

}  // namespace

std::uint64_t resident_kib() {
    std::uint64_t all = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> all >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) / 1024;
}

std::string many_plugins(const std::string& library) {
    const Folder folder(library);
    std::vector<Cost> opened, loaded;
    for (int round = 0; round < rounds; ++round) {
        opened.push_back(apart(open_all, folder));
        loaded.push_back(apart(load_all, folder));
    }
    const Cost floor = medians(opened), own = medians(loaded);
    return head({"1,000 libraries", "ms in all", "CPU, ms", "us each", "KiB each", "ratio"}) +
           cost_row("dlopen and dlsym", floor, floor) + cost_row("Tenon, discovered, loaded and started", own, floor);
}

}  // namespace bench
