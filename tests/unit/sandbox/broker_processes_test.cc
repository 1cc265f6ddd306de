#include "sandbox/broker/processes.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "sandbox/broker/refusal.h"
#include "tests/support/catch.h"

using namespace tenon;
using namespace tenon::sandbox::broker;

namespace {

// The shell is a program like any other here: its script is the grant's, the plugin gives its arguments.
ProgramRule shell(const std::string& script, std::vector<std::string> arguments = {}) {
    ProgramRule rule{"/bin/sh", {"-c", script, "sh"}};
    rule.arguments.insert(rule.arguments.end(), arguments.begin(), arguments.end());
    return rule;
}

Ran ran(ProgramRule rule, Values values = {}, std::string input = "", ProcessLimits limits = {}) {
    const std::string program = rule.program;
    ProcessBroker broker({std::move(rule)}, std::move(limits));
    auto result = broker.run({program, std::move(values), std::move(input)});
    if (!result) FAIL(result.problem().text);
    return result.take();
}

base::Problem refused(ProgramRule rule, Values values = {}, std::string input = "", ProcessLimits limits = {}) {
    const std::string program = rule.program;
    ProcessBroker broker({std::move(rule)}, std::move(limits));
    const auto result = broker.run({program, std::move(values), std::move(input)});
    REQUIRE_FALSE(result);
    return result.problem();
}

}  // namespace

TEST_CASE("a granted program runs with its values, its input, and answers with what it printed") {
    const Ran cat = ran(shell("cat; echo \"$1\" >&2; exit 3", {"--for={who}"}), {{"who", "a b; rm -rf $HOME"}}, "beer");
    CHECK(cat.exited);
    CHECK(cat.status == 3);
    CHECK(cat.output == "beer");
    CHECK(cat.errors == "--for=a b; rm -rf $HOME\n");
    const Ran killed = ran(shell("kill -9 $$"));
    CHECK_FALSE(killed.exited);
    CHECK(killed.status == SIGKILL);
}

TEST_CASE("large input and output pass at once, and a program need not read its input") {
    const std::string much(900'000, 'x');
    CHECK(ran(shell("cat"), {}, much).output == much);
    CHECK(ran(shell("exit 0"), {}, much).status == 0);
    CHECK(ran(shell("exec <&-; echo done"), {}, much).output == "done\n");
}

TEST_CASE("a program gets nothing of the host but what it is given") {
    REQUIRE(::setenv("SHOP_SECRET", "beer", 1) == 0);
    const int leaking = ::open("/dev/null", O_RDONLY);  // not close-on-exec, as careless code leaves it
    REQUIRE(leaking >= 0);
    const Ran told = ran(shell("env | grep -c SECRET; ls /proc/self/fd; pwd; grep SigBlk /proc/self/status"));
    ::close(leaking);
    ::unsetenv("SHOP_SECRET");
    // 3 is the folder that ls reads.
    CHECK(told.output == "0\n0\n1\n2\n3\n/\nSigBlk:\t0000000000000000\n");
}

TEST_CASE("a program that no grant names is denied, and one whose values no grant takes is told so") {
    ProcessBroker broker({shell("exit 0", {"{path}"})}, {});
    const auto other = broker.run({"/usr/bin/git", {}, ""});
    REQUIRE_FALSE(other);
    CHECK(other.problem().id == "permission.denied");
    CHECK(other.problem().text == "process:/usr/bin/git is not granted");
    CHECK(missing_permission(other.problem()) == "process:/usr/bin/git");
    for (const Values& values : {Values{}, Values{{"path", "a"}, {"more", "b"}}, Values{{"path", "a"}, {"path", "b"}}})
        CHECK(broker.run({"/bin/sh", values, ""}).problem().id == "broker.bad-value");
    CHECK(broker.run({"/bin/sh", {{"date", "a"}}, ""}).problem().text ==
          "process:/bin/sh: no grant has arguments of the values \"date\"");
    CHECK(broker.run({"/bin/sh", {}, ""}).problem().fix ==
          "give a value for each {name} in the arguments of a grant, and no other");
}

TEST_CASE("of several grants for a program the one is taken whose values are given") {
    ProcessBroker broker({shell("echo one $1", {"{a}"}), shell("echo two $1 $2", {"{a}", "x{b}{a}"})}, {});
    CHECK(broker.run({"/bin/sh", {{"a", "1"}}, ""}).value().output == "one 1\n");
    CHECK(broker.run({"/bin/sh", {{"b", "2"}, {"a", "1"}}, ""}).value().output == "two 1 x21\n");
}

TEST_CASE("a value never becomes an option, and two values are no third one") {
    const base::Problem no = refused(shell("exit 0", {"{path}"}), {{"path", "--exec=x"}});
    CHECK(no.id == "broker.bad-value");
    CHECK(no.text ==
          "process:/bin/sh: the value of \"path\" makes an argument that begins with \"-\", which would be an option");
    CHECK(no.fix == "give another value");
    CHECK(refused(shell("exit 0", {"{a}{b}"}), {{"a", ""}, {"b", "-x"}}).id == "broker.bad-value");
    CHECK(ran(shell("echo $2", {"--", "{path}"}), {{"path", "-x"}}).output == "-x\n");
    CHECK(ran(shell("echo \"$1\"", {"=-{path}"}), {{"path", "-x"}}).output == "=--x\n");
    CHECK(ran(shell("echo \"$1$2\"", {"{a}", "{b}"}), {{"a", "{b}"}, {"b", "{a}"}}).output == "{b}{a}\n");
    CHECK(refused(shell("exit 0", {"{path}"}), {{"path", std::string("a\0b", 3)}}).text.ends_with(" has a zero byte"));
    CHECK(refused(shell("exit 0", {"{path}"}), {{"path", std::string(5000, 'a')}})
              .text.ends_with(" has 5000 bytes, of 4096 at most"));
}

TEST_CASE("a program that does not end is killed with its children, and one that prints too much as well") {
    ProcessLimits limits;
    limits.seconds = 1;
    const base::Problem late = refused(shell("sleep 1000 & echo $!; sleep 1000"), {}, "", limits);
    CHECK(late.id == "broker.timeout");
    CHECK(late.text == "process:/bin/sh: did not end in time, and was killed");
    limits.output_bytes = 10'000;
    const base::Problem flood = refused({"/usr/bin/yes", {}}, {}, "", limits);
    CHECK(flood.id == "broker.too-large");
    CHECK(flood.text == "process:/usr/bin/yes: it printed more than 10000 bytes");
    limits.input_bytes = 2;
    CHECK(refused(shell("cat"), {}, "beer", limits).text == "process:/bin/sh: the input has 4 bytes, of 2 at most");
}

TEST_CASE("what a program leaves behind in its group ends with it") {
    const Ran left = ran(shell("sleep 1000 & echo $!"));
    const auto pid = static_cast<pid_t>(std::stol(left.output));
    REQUIRE(pid > 1);
    // The signal was sent before run() returned; what it hits is gone once its new parent has collected it.
    std::string state = "R";
    const auto dead = [&] {
        FILE* const file = std::fopen(("/proc/" + std::to_string(pid) + "/stat").c_str(), "r");
        if (file == nullptr) return true;
        char letter = 'R';
        const int got = std::fscanf(file, "%*d %*s %c", &letter);
        std::fclose(file);
        return got != 1 || letter == 'Z' || letter == 'X';
    };
    for (int i = 0; i < 10'000 && !dead(); ++i) ::usleep(1000);
    CHECK(dead());
}

TEST_CASE("a program that cannot be started is named with the reason") {
    const base::Problem no = refused({"/no/such/program", {}});
    CHECK(no.id == "broker.not-started");
    CHECK(no.text == "process:/no/such/program: cannot be started: No such file or directory");
    CHECK(no.fix == "look whether the program is there, and whether this user may execute it");
}

TEST_CASE("programs are started as often as the limit says") {
    ProcessLimits limits;
    limits.starts_per_minute = 2;
    ProcessBroker broker({shell("exit 0")}, limits);
    for (int i = 0; i < 2; ++i) CHECK(broker.run({"/bin/sh", {}, ""}));
    const auto third = broker.run({"/bin/sh", {}, ""});
    REQUIRE_FALSE(third);
    CHECK(third.problem().id == "broker.too-often");
    CHECK(third.problem().text == "more than 2 starts a minute");
    CHECK(third.problem().fix.starts_with("wait "));
}
