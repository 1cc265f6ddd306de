// Files that the host is asked for, and the same without it, again and again while others change the way.
#include <fcntl.h>

#include <map>

#include "tests/containment/escapist/attempts.h"

namespace escapist {
namespace {

Outcome by_host(const char* path) {
    auto request = tenon::sized<tenon_request>();
    request.kind = TENON_REQUEST_OPEN_FILE;
    request.flags = TENON_OPEN_READ;
    request.subject = tenon::str(path);
    long file = -1;
    std::string error;
    const std::int32_t status = self.request(request, [&](const tenon_answer& answer) {
        file = answer.descriptor;
        error = std::string(tenon::view(answer.error));
    });
    return status == TENON_OK ? contents(file) : Outcome{-1, -status, error};
}

Outcome by_itself(const char* path) {
    return contents(call(SYS_openat, AT_FDCWD, path, O_RDONLY));
}

// Words: the file, and how often. Each different answer once, with how often it came; the result is how often it was
// contents.
Outcome repeatedly(const Words& words, Outcome (*read)(const char* path)) {
    std::map<std::string, long> answers;
    Outcome all;
    for (long i = 0; i < words.number(1); ++i) {
        const Outcome one = read(words[0]);
        if (one.result >= 0) ++all.result;
        ++answers[one.result >= 0 ? "contents " + one.text : "error " + std::to_string(one.error) + " " + one.text];
    }
    for (const auto& [answer, times] : answers) all.text += std::to_string(times) + " times " + answer + "\n";
    return all;
}

Outcome ask_for_file(const Words& words) {
    return by_host(words[0]);
}
Outcome ask_repeatedly(const Words& words) {
    return repeatedly(words, by_host);
}
Outcome read_repeatedly(const Words& words) {
    return repeatedly(words, by_itself);
}

constexpr Attempt attempts[] = {
    {"ask_for_file", ask_for_file},
    {"ask_repeatedly", ask_repeatedly},
    {"read_repeatedly", read_repeatedly},
};

}  // namespace

Attempts host_attempts() {
    return attempts;
}

}  // namespace escapist
