// The pressroom: documents in, a site out, and plugins in between. From here it reads as a table of contents.
#include <fmt/core.h>

#include <cstdio>
#include <stdexcept>

#include "links.h"
#include "options.h"
#include "press.h"
#include "report.h"
#include "site.h"
#include "template.h"
#include "watch.h"

namespace {

using namespace pressroom;

// What plugins and the host warn of. Errors of plugins (refused, failed) are in the report and not told twice.
void log(void*, std::uint32_t level, tenon_str plugin, tenon_str text) {
    if (level < TENON_LOG_WARNING || (level >= TENON_LOG_ERROR && plugin.size != 0)) return;
    fmt::print(stderr, "{}: {}\n", plugin.size != 0 ? tenon::view(plugin) : "host", tenon::view(text));
}

tenon::Host make_host(const Options& options) {
    auto settings = tenon::sized<tenon_host_options>();
    settings.trust = TENON_TRUST_TRUSTED;
    settings.log = log;
    settings.data_folder = tenon::str(options.data);
    settings.store_file = tenon::str(options.store);
    settings.operator_file = tenon::str(options.operator_file);
    settings.id = tenon::str("org.tenon.example.pressroom");
    settings.version = tenon::str("1.0.0");
    if (options.watch) settings.reload = TENON_RELOAD_DEVELOPMENT;
    std::vector<tenon_str> ids;
    for (const std::string& word : options.workers) {
        if (word == "all") settings.workers = TENON_WORKERS_ALL;
        if (word == "none") settings.workers = TENON_WORKERS_NONE;
        if (settings.workers == TENON_WORKERS_AS_MANIFEST) ids.push_back(tenon::str(word));
    }
    settings.in_workers = {ids.data(), ids.size(), sizeof(tenon_str), 0};
    tenon::Host host(settings);
    host.offer<pressroom_contract>();
    return host;
}

// Links between documents become links between pages; those that lead nowhere become findings.
void relink_all(const std::vector<Document>& documents, std::vector<Page>& pages) {
    Targets targets;
    for (const Document& document : documents) targets.emplace(document.path, document.target);
    for (std::size_t i = 0; i < pages.size(); ++i) {
        Relinked relinked = relink(pages[i].html, documents[i].path, targets);
        pages[i].html = std::move(relinked.html);
        for (const std::string& link : relinked.broken)
            pages[i].findings.push_back(
                {true, "pressroom", "the link to " + link + " leads to no page of the site", 0});
    }
}

// One file of the site; true when it was written.
bool write(const Options& options, const std::string& target, const std::string& html, Run& run) {
    try {
        write_file(options.output, target, html);
        run.bytes += html.size();
        return true;
    } catch (const std::runtime_error& e) {
        run.unwritten.push_back({target, e.what()});
        return false;
    }
}

void write_site(const Options& options, const Book& book, Run& run) {
    bool has_index = book.documents.empty();
    for (std::size_t i = 0; i < book.documents.size(); ++i) {
        const std::string& target = book.documents[i].target;
        has_index = has_index || target == "index.html";
        run.written += write(options, target, page_html(book, i), run) ? 1u : 0u;
    }
    if (!has_index) write(options, "index.html", index_html(book), run);
}

int build(const Options& options, const tenon::Host& host, const tenon::Report& plugins,
          std::chrono::steady_clock::time_point begin) {
    const Site site = discover(options.sources);
    std::vector<Page> pages = press_all(host, site.documents, options.jobs);
    relink_all(site.documents, pages);
    Run run{plugins, site, pages, {}, 0, 0, {}, {}};
    write_site(options, {site.documents, pages}, run);
    run.time = std::chrono::steady_clock::now() - begin;
    if (options.stats) run.statistics = statistics(host, options.json ? TENON_STATS_JSON : TENON_STATS_TABLE);
    if (options.json) {
        print_json(run);
    } else {
        print_text(run, options.quiet);
    }
    return run.exit_code();
}

// All plugins that --workers names are there; otherwise says which one is not.
bool are_there(const Options& options, const tenon::Report& plugins) {
    for (const std::string& word : options.workers) {
        bool found = word == "all" || word == "none";
        for (std::uint64_t i = 0; i < plugins.size(); ++i) found = found || tenon::view(plugins[i].plugin) == word;
        if (found) continue;
        fmt::print(stderr, "--workers: there is no plugin {}\n", word);
        return false;
    }
    return true;
}

int build(const Options& options) {
    const auto begin = std::chrono::steady_clock::now();
    tenon::Host host = make_host(options);
    const tenon::Report plugins = host.load(options.plugins);
    if (!are_there(options, plugins)) return exit_usage;
    return build(options, host, plugins, begin);
}

// Whatever is reloaded while pages are being made, they are made once more afterwards.
int build_and_watch(Options options) {
    Watch watch;
    tenon::Host host = make_host(options);
    watch.listen(host);
    const tenon::Report plugins = host.load(options.plugins);
    if (!are_there(options, plugins)) return exit_usage;
    for (;;) {
        const int code = build(options, host, plugins, std::chrono::steady_clock::now());
        fmt::print("{} is made; watching {}\n", options.output, options.plugins);
        std::fflush(stdout);
        if (!watch.next()) return code;
        options.quiet = true;  // from now on failures only
    }
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = parse(argc, argv);
    if (const int* const code = std::get_if<int>(&options)) return *code;
    try {
        const Options& wanted = std::get<Options>(options);
        return wanted.watch ? build_and_watch(wanted) : build(wanted);
    } catch (const std::exception& e) {
        fmt::print(stderr, "pressroom: {}\n", e.what());
        return exit_nothing;
    }
}
