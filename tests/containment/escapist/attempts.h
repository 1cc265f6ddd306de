// What the plugin tries: each thing by its name, with words that say where. System calls are made as such, so that no
// function of the C library decides in the kernel's place. What an attempt gets hold of it keeps, for others to see.
#pragma once

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <tenon/plugin.hpp>
#include <vector>

namespace escapist {

struct Outcome {
    std::int64_t result = 0;
    int error = 0;  // errno, when the result is below 0
    std::string text{};
};

// Right after the system call: takes errno.
inline Outcome of(std::int64_t result, std::string text = {}) {
    return {result, result < 0 ? errno : 0, std::move(text)};
}

template <class... Arguments>
long call(long number, Arguments... arguments) {
    return ::syscall(number, arguments...);
}

class Words {
public:
    explicit Words(std::string_view text) {
        std::istringstream in{std::string(text)};
        for (std::string word; in >> word;) words_.push_back(word);
    }
    const char* operator[](std::size_t index) const { return index < words_.size() ? words_[index].c_str() : ""; }
    long number(std::size_t index) const { return std::strtol((*this)[index], nullptr, 0); }
    int descriptor(std::size_t index) const { return static_cast<int>(number(index)); }
    void* address(std::size_t index) const {
        return reinterpret_cast<void*>(std::strtoull((*this)[index], nullptr, 0));
    }

private:
    std::vector<std::string> words_;
};

struct Attempt {
    std::string_view name;
    Outcome (*act)(const Words&);
};
using Attempts = std::span<const Attempt>;

Attempts file_attempts();
Attempts path_attempts();
Attempts host_attempts();
Attempts network_attempts();
Attempts socket_attempts();
Attempts signal_attempts();
Attempts process_attempts();
Attempts kernel_attempts();
Attempts privilege_attempts();
Attempts early_attempts();
Attempts faults();
Attempts leaks();
Attempts positive();

// What came of the attempt in the constructors, if there was one.
inline Outcome early;

// The plugin's handle, for attempts that log.
inline tenon::Plugin self;

// The bytes of which a text consists, with a dot for each that is no letter of ASCII: an answer is UTF-8.
inline std::string legible(std::string_view bytes) {
    std::string text(bytes);
    for (char& letter : text)
        if (letter < ' ' && letter != '\n') letter = '.';  // those above ASCII are below 0
    return text;
}

// What the descriptor has, at most 64 KiB of it. Closes it.
inline Outcome contents(long descriptor) {
    if (descriptor < 0) return of(descriptor);
    std::string text(65536, '\0');
    const Outcome read = of(call(SYS_read, descriptor, text.data(), text.size()));
    call(SYS_close, descriptor);
    if (read.result < 0) return read;
    return {read.result, 0, legible(std::string_view(text).substr(0, static_cast<std::size_t>(read.result)))};
}

}  // namespace escapist
