// The application of a transcript: it offers contracts, provides their services, and handles each hook before and after
// the plugins.
#pragma once

#include <tenon/stats.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/conformance/book.h"
#include "tests/conformance/fixtures.h"
#include "tests/conformance/values.h"

namespace tenon::conformance {

// What this thread's dispatches are for.
enum class Listening {
    aside,   // a thread of a plugin's, or of nobody's: what is seen is noted once
    lines,   // each call of the application's handlers is a line
    nested,  // the same, and the first handler dispatches every other hook
    silent
};
Listening& listening() noexcept;

class Application;
struct Desk;

// A hook that can be dispatched, with the contract that describes it to the application.
struct Point {
    Application* application = nullptr;
    const loader::Contract* contract = nullptr;
    const loader::Hook* hook = nullptr;
    tenon_hook* raw = nullptr;
    const void* element = nullptr;  // COLLECT: what the application adds
    bool takes_for_ever = false;    // a dispatch has ended at its deadline: it is not dispatched again
    std::string name() const { return contract->id + "/" + hook->name; }
    // Whoever denies first ends it: who else is called is a matter of luck.
    bool is_race() const { return hook->kind == TENON_VETO && (hook->attributes & TENON_PARALLEL) != 0; }
};

struct Options {
    std::uint32_t workers = 0;         // tenon_host_options
    bool with_services = true;         // the application provides what its contracts describe
    std::string folder;                // for the host's files, empty
    std::vector<std::string> only;     // names of points; empty: all
    std::vector<std::string> without;  // names of points
    Given given;
};

class Application {
public:
    Application(Book& book, const Options& options, const std::vector<Offer>& offers);
    ~Application();
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;

    // Finds hooks of contracts that plugins offer, too, after loading.
    void meet(const std::vector<loader::Contract>& contracts);
    // Dispatches with what the recipe makes, writes what comes of it, and returns the status.
    std::int32_t dispatch(Point& point, const Recipe& recipe, tenon_scope* scope);
    // Calls a method, likewise.
    void call(tenon_service* service, const loader::Contract& contract, const loader::Service& described,
              std::uint32_t method, const Recipe& recipe, tenon_scope* scope);
    // By Options::only and Options::without.
    bool is_wanted(const std::string& point) const;
    const std::vector<std::unique_ptr<loader::Contract>>& contracts() const { return contracts_; }

    Book& book;
    tenon_host* host = nullptr;
    std::vector<std::unique_ptr<Point>> points;
    Given given;

private:
    void offer(const std::vector<Offer>& offers);
    void provide(const loader::Contract& contract);
    void add_points(const loader::Contract& contract);
    std::int32_t dispatched(Point& point, tenon_scope* scope, const void* request, void* reply);

    Options options_;
    std::vector<std::unique_ptr<loader::Contract>> contracts_;
    std::vector<std::unique_ptr<Desk>> desks_;
    Values elements_{given};
};

// How long a dispatch may take.
inline constexpr std::uint64_t patience_ns = 3'000'000'000;

inline std::string text(tenon_str s) {
    return s.size != 0 ? std::string(s.data, s.size) : std::string();
}
// A status in words.
std::string status_name(std::int32_t status);

}  // namespace tenon::conformance
