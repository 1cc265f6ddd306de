// What every plugin needs, however confined it is.
#include <time.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <locale>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <random>
#include <stdexcept>
#include <thread>

#include "tests/containment/escapist/attempts.h"

namespace escapist {
namespace {

// Each adds its number, in turn.
Outcome threads(const Words&) {
    std::mutex lock;
    std::condition_variable changed;
    int turn = 0;
    std::vector<std::thread> crew;
    for (int i = 0; i < 8; ++i)
        crew.emplace_back([&, i] {
            std::unique_lock guard(lock);
            changed.wait(guard, [&] { return turn == i; });
            ++turn;
            changed.notify_all();
        });
    for (std::thread& thread : crew) thread.join();
    return {turn};
}

// Small and large, in other threads, too: malloc asks the kernel in several ways.
Outcome memory(const Words&) {
    std::map<std::size_t, std::vector<char>> blocks;
    for (std::size_t size = 1; size <= 32u << 20; size *= 2) blocks[size].assign(size, 'x');
    std::thread([&] { blocks[3].assign(8u << 20, 'x'); }).join();
    blocks.erase(1u << 20);
    std::size_t sum = 0;
    for (const auto& [size, block] : blocks) sum += block.size();
    return {static_cast<std::int64_t>(sum >> 20)};
}

Outcome exceptions(const Words&) {
    std::exception_ptr thrown;
    std::thread([&] {
        try {
            std::vector<int>().at(1);
        } catch (...) {
            thrown = std::current_exception();
        }
    }).join();
    try {
        std::rethrow_exception(thrown);
    } catch (const std::out_of_range&) {
        return {1, 0, "caught"};
    }
}

// Words: the name of the locale.
Outcome locales(const Words& words) {
    const std::locale here(words[0]);
    return {0, 0, here.name()};
}

// Seconds; and how the epoch is written in the time zone that is set.
Outcome times(const Words&) {
    const std::time_t epoch = 0;
    std::tm parts{};
    ::localtime_r(&epoch, &parts);
    std::array<char, 64> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M %Z", &parts);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::seconds>(now).count(), 0, text.data()};
}

Outcome sleeps(const Words&) {
    const auto start = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return {std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(5)};
}

Outcome random_numbers(const Words&) {
    std::array<std::uint64_t, 2> numbers{};
    const long size = call(SYS_getrandom, numbers.data(), sizeof numbers, 0);
    return of(size, std::to_string(numbers[0]) + std::to_string(numbers[1]) + std::to_string(std::random_device()()));
}

constexpr Attempt attempts[] = {
    {"threads", threads}, {"memory", memory}, {"exceptions", exceptions},         {"locales", locales},
    {"times", times},     {"sleeps", sleeps}, {"random_numbers", random_numbers},
};

}  // namespace

Attempts positive() {
    return attempts;
}

}  // namespace escapist
