#include "press.h"

#include <fmt/core.h>

#include <atomic>
#include <thread>
#include <utility>

#include "html.h"

namespace pressroom {
namespace {

using Clock = std::chrono::steady_clock;

// What a scope keeps of errors (host.h).
constexpr std::uint64_t kept_errors = 8;

pressroom_page page_for(const tenon::Scope& scope, const Document& document) {
    auto page = tenon::sized<pressroom_page>();
    page.path = scope.copy(document.path);
    page.title = scope.copy(document.title);
    page.source = scope.copy(document.text);
    return page;
}

void add_failures(const tenon::Scope& scope, std::uint64_t from, Step step, Page& out) {
    const std::uint64_t count = scope.error_count();
    for (std::uint64_t i = from; i < count && i < kept_errors; ++i) {
        const tenon_error error = scope.error(i);
        out.failures.push_back({step_names[step], error.plugin, error.text, error.fix});
    }
    if (count > kept_errors && from < count)
        out.failures.push_back({step_names[step], "", fmt::format("{} failures on this page in all", count), ""});
}

// Runs one step, takes its time, and collects what failed. The verdict, or less than 0 when nothing was dispatched.
template <class Dispatch>
std::int32_t run(Step step, tenon::Scope& scope, Page& out, Dispatch&& dispatch) {
    const std::uint64_t before = scope.error_count();
    const Clock::time_point begin = Clock::now();
    std::int32_t verdict = TENON_E_FAILED;
    try {
        verdict = dispatch();
    } catch (const tenon::Error& e) {
        verdict = e.code();
        out.failures.push_back({step_names[step], "", e.what(), ""});
    }
    out.times[step] = Clock::now() - begin;
    add_failures(scope, before, step, out);
    return verdict;
}

// Instead of a renderer: the source as it is, and a warning.
tenon_str unrendered(const tenon::Scope& scope, const pressroom_page& page, Page& out) {
    out.findings.push_back({true, "pressroom", "no plugin rendered this page; it shows its source", 0});
    return scope.copy("<pre>" + escape(tenon::view(page.source)) + "</pre>\n");
}

void copy_out(const pressroom_page& page, Page& out) {
    out.title = tenon::view(page.title);
    out.html = tenon::view(page.html);
    for (const pressroom_finding& finding : tenon::SpanView<pressroom_finding>(page.findings))
        out.findings.push_back({finding.severity != PRESSROOM_NOTE, std::string(tenon::view(finding.source)),
                                std::string(tenon::view(finding.text)), finding.line});
    for (const pressroom_fact& fact : tenon::SpanView<pressroom_fact>(page.facts))
        out.facts.push_back({std::string(tenon::view(fact.name)), std::string(tenon::view(fact.value))});
}

// A page that did not get through, because the memory of its scope was used up.
Page failed(const Document& document, const char* why) {
    Page out;
    out.title = document.title;
    out.html = "<pre>" + escape(document.text) + "</pre>\n";
    out.failures.push_back({"page", "", why, ""});
    return out;
}

}  // namespace

Press::Press(const tenon::Host& host)
    : before_render_(host.hook<pressroom_before_render_hook>()),
      render_(host.hook<pressroom_render_hook>()),
      after_render_(host.hook<pressroom_after_render_hook>()),
      page_done_(host.hook<pressroom_page_done_hook>()) {}

Page Press::press(tenon::Scope& scope, const Document& document) const {
    Page out;
    scope.reset();
    pressroom_page page = page_for(scope, document);
    run(step_before_render, scope, out, [&] { return before_render_(scope, page); });

    auto source = tenon::sized<pressroom_source>();
    source.path = page.path;
    source.text = page.source;
    auto html = tenon::sized<pressroom_html>();
    out.rendered = run(step_render, scope, out, [&] { return render_(scope, source, html); }) == TENON_HANDLED;
    page.html = out.rendered ? html.text : unrendered(scope, page, out);

    run(step_after_render, scope, out, [&] { return after_render_(scope, page); });
    run(step_page_done, scope, out, [&] { return page_done_(scope, std::as_const(page)); });
    copy_out(page, out);
    return out;
}

std::vector<Page> press_all(const tenon::Host& host, const std::vector<Document>& documents, unsigned jobs) {
    const Press press(host);
    std::vector<Page> pages(documents.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&](tenon::Scope& scope) {
        for (std::size_t i; (i = next++) < documents.size();) {
            try {
                pages[i] = press.press(scope, documents[i]);
            } catch (const std::exception& e) {
                pages[i] = failed(documents[i], e.what());
            }
        }
    };
    tenon::Scope own(host);
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < jobs && i < documents.size(); ++i)
        helpers.emplace_back([&] {
            try {
                tenon::Scope scope(host);
                work(scope);
            } catch (const std::exception&) {
                // No scope: one helper less, and the pages are left to the others.
            }
        });
    work(own);
    helpers.clear();
    return pages;
}

}  // namespace pressroom
