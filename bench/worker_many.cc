// One worker and many at once: memory, and what they use of the processors while nobody calls.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "measure.h"
#include "report.h"
#include "worker_cost.h"
#include "worker_host.h"

namespace bench {

namespace {

constexpr char template_id[] = "org.tenon.bench.crossing-0000";

// Copies of the plugin that differ in their id; gone with this object.
class Copies {
public:
    explicit Copies(int count) : folder_((std::filesystem::temp_directory_path() / "tenon-workers-XXXXXX").string()) {
        if (::mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("no temporary folder");
        std::ifstream in(worker_plugin(), std::ios::binary);
        std::string bytes(std::istreambuf_iterator<char>(in), {});
        const std::size_t place = bytes.find(template_id);
        if (place == std::string::npos) throw std::runtime_error("the plugin does not have the id that is expected");
        for (int i = 0; i < count; ++i) {
            const std::string number = std::to_string(10'000 + i).substr(1);
            bytes.replace(place + sizeof template_id - 5, 4, number);
            std::ofstream(folder_ + "/p" + number + ".so", std::ios::binary) << bytes;
        }
    }
    ~Copies() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    Copies(const Copies&) = delete;
    Copies& operator=(const Copies&) = delete;
    const std::string& folder() const { return folder_; }

private:
    std::string folder_;
};

double cpu_us_of(const std::vector<pid_t>& processes) {
    double us = 0;
    for (const pid_t process : processes) us += cpu_us(process);
    return us;
}

// A figure for each worker; "-" where the kernel does not tell.
std::string each(double sum, std::size_t count) {
    return sum > 0 ? fixed(sum / static_cast<double>(count), 0) : "-";
}

std::string row_of(int count) {
    const Copies copies(count);
    Workshop shop(Where::in_worker);
    const double ready_ns = shop.load(copies.folder());
    const std::vector<pid_t> workers = descendants();
    if (workers.size() < static_cast<std::size_t>(count)) throw std::runtime_error("a plugin has no worker");

    std::this_thread::sleep_for(std::chrono::milliseconds(200));  // what starting has left to do is done
    Memory all;
    for (const pid_t worker : workers) {
        const Memory one = memory_of(worker);
        all.pss_kib += one.pss_kib;
        all.private_kib += one.private_kib;
    }
    const double theirs = cpu_us_of(workers), ours = cpu_us(::getpid());
    std::this_thread::sleep_for(std::chrono::seconds(1));
    const auto number = static_cast<std::size_t>(count);
    return row({std::to_string(count), std::to_string(workers.size()), fixed(ready_ns / 1e6, 2),
                fixed(ready_ns / 1e6 / count, 2), each(all.pss_kib, number), each(all.private_kib, number),
                fixed(cpu_us_of(workers) - theirs, 0), fixed(cpu_us(::getpid()) - ours, 0)});
}

}  // namespace

std::string workers_table(int count) {
    return head({"workers", "processes", "ready, ms in all", "ms each", "PSS each, KiB", "private each, KiB",
                 "CPU in an idle second, us, all workers", "the host with its watchdog"}) +
           row_of(1) + row_of(count);
}

}  // namespace bench
