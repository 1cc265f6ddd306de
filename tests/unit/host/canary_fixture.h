// What tests of the canary need: a task, and proof that a try leaves nothing behind.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/fd.h"
#include "base/file.h"
#include "host/canary.h"
#include "host/host.h"
#include "tests/support/catch.h"
#include "tests/support/open_shop.h"

namespace tenon::test {

inline std::string harmful(const std::string& name) {
    return std::string(TENON_FIXTURES) + "/" + name + ".so";
}

// The application that tries: the shop, version 2. The time is for machines that are slow.
inline host::CanaryTask task_for(const std::string& name) {
    const OpenShop shop;
    host::CanaryTask task;
    task.helper = TENON_CANARY;
    task.library = harmful(name);
    task.contracts = shop.host.raw()->offered_records();
    task.host_id = "org.tenon.test.host";
    task.host_version = "2.1.0";
    task.timeout_ns = 120'000'000'000;
    return task;
}

// An environment variable, for this process and those that it starts.
class Variable {
public:
    Variable(const char* name, const std::string& value) : name_(name) {
        const char* const old = std::getenv(name);
        if (old != nullptr) old_ = old;
        ::setenv(name, value.c_str(), 1);
    }
    ~Variable() { old_ ? ::setenv(name_, old_->c_str(), 1) : ::unsetenv(name_); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

private:
    const char* const name_;
    std::optional<std::string> old_;
};

class TemporaryFolder {
public:
    TemporaryFolder() : path_(base::make_unique_folder("/tmp", "canary-test-").take()) {}
    ~TemporaryFolder() { base::remove_tree(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::string& path() const { return path_; }

private:
    const std::string path_;
};

// A program in shell, as a helper.
class Script {
public:
    explicit Script(const std::string& body) : path_(folder_.path() + "/helper") {
        std::ofstream(path_) << "#!/bin/sh\n" << body << "\n";
        std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
    }
    const std::string& path() const { return path_; }

private:
    const TemporaryFolder folder_;
    const std::string path_;
};

// Where a fixture tells the number of a process that goes on for ever.
class Fifo {
public:
    Fifo() : path_(folder_.path() + "/fifo"), told_("CANARY_FIFO", path_) {
        if (::mkfifo(path_.c_str(), 0600) != 0) throw std::runtime_error("no FIFO");
        fd_ = base::Fd(::open(path_.c_str(), O_RDWR | O_CLOEXEC));
    }
    // -1 when nobody has told it within a minute.
    pid_t number() const {
        pollfd readable{fd_.get(), POLLIN, 0};
        char digits[32] = {};
        if (::poll(&readable, 1, 60'000) != 1 || ::read(fd_.get(), digits, sizeof digits - 1) <= 0) return -1;
        return static_cast<pid_t>(std::atoi(digits));
    }

private:
    const TemporaryFolder folder_;
    const std::string path_;
    const Variable told_;
    base::Fd fd_;
};

inline std::ptrdiff_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
}

inline bool has_children() {
    siginfo_t info{};
    return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG) == 0 || errno != ECHILD;
}

// Tries it, and looks for descriptors, processes and files that are left.
inline base::Check tried(const host::CanaryTask& task) {
    const TemporaryFolder temporary;
    const Variable here("TMPDIR", temporary.path());
    // A sanitizer's account of a signal would hide the signal.
    const Variable plain("ASAN_OPTIONS", "handle_segv=0:handle_abort=0:detect_leaks=0:intercept_tls_get_addr=0");
    const std::ptrdiff_t before = open_descriptors();
    base::Check problem = host::try_in_canary(task);
    CHECK(open_descriptors() == before);
    CHECK_FALSE(has_children());
    CHECK(std::filesystem::is_empty(temporary.path()));
    return problem;
}

// "id: text" of the problem there is.
inline std::string refusal(const base::Check& problem) {
    return problem ? problem->id + ": " + problem->text : "no problem";
}

}  // namespace tenon::test
