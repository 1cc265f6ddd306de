// A plugin that does what honest plugins do, when it is created; what fails it says.
#include <cmark.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <ctime>
#include <locale>
#include <memory>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tenon/plugin.hpp>
#include <thread>
#include <vector>

#include "tests/fixtures/worker/yard.h"

namespace {

void expect(bool holds, const char* what) {
    if (!holds) throw std::runtime_error(std::string("does not work inside: ") + what);
}

int thrown_and_caught(int depth) {
    try {
        if (depth == 0) throw std::out_of_range("the bottom");
        return thrown_and_caught(depth - 1) + 1;
    } catch (const std::out_of_range&) {
        if (depth < 3) throw;
        return depth;
    }
}

void use_memory() {
    std::vector<std::unique_ptr<char[]>> blocks;
    for (std::size_t size = 16; size <= (16u << 20); size *= 2) {
        blocks.push_back(std::make_unique<char[]>(size));
        blocks.back()[size - 1] = 1;
    }
    expect(blocks.back()[(16u << 20) - 1] == 1, "malloc");
}

void use_threads() {
    std::atomic<int> sum{0};
    std::vector<std::thread> threads;
    for (int i = 1; i <= 8; ++i)
        threads.emplace_back([&sum, i] {
            try {
                thrown_and_caught(2);
            } catch (const std::exception&) {
                sum += i;
            }
        });
    for (std::thread& thread : threads) thread.join();
    expect(sum == 36, "threads");
}

void use_time() {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    expect(now > 1'600'000'000 && ::localtime_r(&now, &local) != nullptr && local.tm_year > 120, "time");
    const timespec moment{0, 1000};
    expect(::nanosleep(&moment, nullptr) == 0, "sleep");
}

void use_locale() {
    std::ostringstream out;
    out.imbue(std::locale("C.UTF-8"));
    out << 1234.5;
    expect(out.str() == "1234.5", "locale");
}

void use_random_numbers() {
    char bytes[16] = {};
    expect(::getrandom(bytes, sizeof bytes, 0) == 16, "getrandom");
    std::random_device device;
    expect(device() != device() || device() != device(), "random_device");
}

// A thread with a filter of its own, which would escape from those that come later.
void filter_on_a_thread() {
    std::atomic<bool> done{false};
    std::thread([&done] {
        sock_filter allow_all{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
        const sock_fprog program{1, &allow_all};
        ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
        done = true;
        for (;;) ::pause();
    }).detach();
    while (!done) std::this_thread::yield();
}

// By the signal of that name; else by SIGSEGV.
[[gnu::noinline]] void crash_here(std::string_view signal) {
    ::raise(signal == "SIGSYS" ? SIGSYS : SIGSEGV);
}

struct Constructed {
    Constructed() {
        use_threads();
        if (std::getenv("TENON_TEST_OWN_FILTER") != nullptr) filter_on_a_thread();
    }
} constructed;

class WorksInside {
public:
    explicit WorksInside(tenon::Init) {
        if (const char* const signal = std::getenv("TENON_TEST_CRASH"); signal != nullptr) crash_here(signal);
        use_memory();
        expect(thrown_and_caught(5) == 5, "exceptions");
        use_threads();
        use_time();
        if (std::getenv("TENON_TEST_NO_FILES") == nullptr) use_locale();
        use_random_numbers();
        const char* const wish = std::getenv("TENON_TEST_SECRET");
        expect(wish == nullptr, "it sees what the host has in its environment");
        expect(::getuid() != 0, "it is root");
        expect(::cmark_version() > 0, "a library that the worker has not loaded");
    }
    bool ask(tenon::Call&, const yard_item& question, yard_item& answer) {
        answer.number = question.number + 1;
        return true;
    }
};

}  // namespace

TENON_PLUGIN(WorksInside, TENON_USES(YARD_CONTRACT), tenon::on<yard_ask_hook, &WorksInside::ask>())
