// conformance_transcript LIST FIXTURE WORKERS DESCRIPTOR FOLDER [only=POINT | without=POINT | meanwhile=POINT |
// load]... Writes the transcript of one fixture to the descriptor. FOLDER is empty and gets the host's files. `load`:
// nothing but loading and unloading.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "tests/conformance/rounds.h"
#include "tests/conformance/whereabouts.h"
#include "tests/fixtures/reload/shared_tally.h"

namespace tenon::conformance {

namespace {

struct Arguments {
    Options options;
    std::string meanwhile;
    std::string next;
    bool load_only = false;
};

Arguments read_arguments(int count, char** arguments) {
    Arguments out;
    out.options.workers = static_cast<std::uint32_t>(std::atoi(arguments[3]));
    for (int i = 6; i < count; ++i) {
        const std::string argument = arguments[i];
        const std::string value = argument.substr(argument.find('=') + 1);
        if (argument.rfind("only=", 0) == 0)
            out.options.only.push_back(value);
        else if (argument.rfind("without=", 0) == 0)
            out.options.without.push_back(value);
        else if (argument.rfind("meanwhile=", 0) == 0)
            out.meanwhile = value;
        else if (argument.rfind("reload=", 0) == 0)
            out.next = value;
        else if (argument == "load")
            out.load_only = true;
        else
            throw std::runtime_error("unknown argument " + argument);
    }
    return out;
}

void run(Book& book, const Arguments& arguments, const Fixture& fixture, const std::vector<Fixture>& all,
         const std::vector<Offer>& offers) {
    const auto company = with_company(fixture, all);
    std::filesystem::create_directories(arguments.options.folder + "/copies");
    Application application(book, arguments.options, offers);
    load(application, company, arguments.meanwhile);
    check_whereabouts(application.host, arguments.options.workers == TENON_WORKERS_ALL);
    for (const Fixture* const one : company) application.meet(one->contracts);
    if (!arguments.load_only) {
        auto recipes = recipes_for(fixture);
        if (!arguments.options.with_services) recipes = plain_ones(recipes);
        ask_all(application, recipes);
        ask_in_other_ways(application);
        tell_stats(application, arguments.meanwhile);
        for (const Fixture& next : all) {
            if (next.name != arguments.next) continue;
            reload(application, fixture, next);
            check_whereabouts(application.host, arguments.options.workers == TENON_WORKERS_ALL);
            ask_all(application, {recipes[1]});
            tell_stats(application, arguments.meanwhile);
        }
    }
    unload(application, arguments.options.folder + "/data");
    if (!arguments.load_only && application.is_wanted(asides)) book.end_aside(asides);
}

void run_all(int count, char** arguments) {
    // Out of the way of plugins that write to descriptors that they guess.
    const int descriptor = ::fcntl(std::atoi(arguments[4]), F_DUPFD_CLOEXEC, 100);
    ::close(std::atoi(arguments[4]));
    Book book(descriptor);
    const std::string folder = arguments[5];
    const test::SharedTally tally;
    tally->may_go = true;
    Arguments read = read_arguments(count, arguments);
    read.options.given["relay_item.tally"] = tally.name();
    const auto all = read_fixtures(arguments[1]);
    for (const Fixture& fixture : all) book.replace(fixture.path, "<" + fixture.name + ">");
    book.replace(folder, "<folder>");
    for (const Fixture& fixture : all) {
        if (fixture.name != arguments[2]) continue;
        int number = 0;
        for (const auto& offers : settings_of(with_company(fixture, all))) {
            bool services = false;
            for (const Offer& offer : offers) services = services || !offer.contract.services.empty();
            for (const bool with : {true, false}) {
                if (!with && !services) continue;
                std::string title = with ? "== with the services of the application:" : "== without its services:";
                for (const Offer& offer : offers) title += " " + offer.contract.id + " " + offer.contract.version();
                book.line(title);
                read.options.with_services = with;
                read.options.folder = fmt::format("{}/{}", folder, ++number);
                run(book, read, fixture, all, offers);
            }
        }
        book.line("== the end");
        return;
    }
    throw std::runtime_error(std::string("no fixture ") + arguments[2]);
}

}  // namespace

}  // namespace tenon::conformance

int main(int count, char** arguments) {
    if (count < 6) return 64;
    try {
        tenon::conformance::run_all(count, arguments);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 70;
    }
    // Threads that a plugin has left behind are not waited for.
    std::fflush(nullptr);
    ::_exit(0);
}
