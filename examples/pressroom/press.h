// A document on its way through the hooks.
#pragma once

#include <pressroom/contract.h>

#include <array>
#include <chrono>
#include <string>
#include <tenon/host.hpp>
#include <vector>

#include "site.h"

namespace pressroom {

// The steps of a page, each one hook, in their order.
enum Step : std::size_t { step_before_render, step_render, step_after_render, step_page_done, step_count };
inline constexpr std::array<const char*, step_count> step_names{"before_render", "render", "after_render", "page_done"};
using StepTimes = std::array<std::chrono::nanoseconds, step_count>;

// What plugins say about a page, copied out of the call.
struct Finding {
    bool warning;
    std::string source;
    std::string text;
    std::uint64_t line;  // 0: the page as a whole
};
struct Fact {
    std::string name;
    std::string value;
};

// A handler that failed. The dispatch went on without it.
struct Failure {
    std::string step;
    std::string plugin;
    std::string text;
    std::string fix;
};

struct Page {
    std::string title;
    std::string html;
    std::vector<Finding> findings;
    std::vector<Fact> facts;
    std::vector<Failure> failures;
    bool rendered = false;  // by a plugin; otherwise the HTML is the escaped source
    StepTimes times{};
};

// The four hooks. Any number of threads may press pages at the same time, each with a scope of its own.
class Press {
public:
    explicit Press(const tenon::Host& host);

    // Runs a document through all steps. Whatever fails is in the page: there is always one.
    Page press(tenon::Scope& scope, const Document& document) const;

private:
    tenon::Hook<pressroom_before_render_hook> before_render_;
    tenon::Hook<pressroom_render_hook> render_;
    tenon::Hook<pressroom_after_render_hook> after_render_;
    tenon::Hook<pressroom_page_done_hook> page_done_;
};

// Presses all documents, `jobs` at a time; the pages come in the order of the documents.
std::vector<Page> press_all(const tenon::Host& host, const std::vector<Document>& documents, unsigned jobs);

}  // namespace pressroom
