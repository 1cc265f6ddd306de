#include "template.h"

#include <fmt/core.h>

#include <algorithm>

#include "html.h"

namespace pressroom {
namespace {

constexpr const char* file_format = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="pressroom">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<nav class="site" aria-label="Pages">
<a class="home" href="{home}">Contents</a>
{navigation}</nav>
<main>
{body}</main>
</body>
</html>
)";

std::string fact(const Page& page, std::string_view name) {
    const auto found =
        std::find_if(page.facts.begin(), page.facts.end(), [&](const Fact& f) { return f.name == name; });
    return found != page.facts.end() ? found->value : std::string();
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

// Links to all pages, by folder; the page that it stands on is marked. `from` is a target.
std::string navigation(const Book& book, const std::string& from) {
    std::string out;
    std::string folder;
    bool open = false;
    for (std::size_t i = 0; i < book.documents.size(); ++i) {
        const Document& document = book.documents[i];
        const std::string in = folder_of(document.path);
        if (!open || in != folder) {
            if (open) out += "</ul>\n";
            if (!in.empty()) out += fmt::format("<h2>{}</h2>\n", escape(in));
            out += "<ul>\n";
            open = true;
            folder = in;
        }
        out += fmt::format("<li><a href=\"{}\"{}>{}</a></li>\n", link_between(from, document.target),
                           document.target == from ? " aria-current=\"page\"" : "", escape(book.pages[i].title));
    }
    return open ? out + "</ul>\n" : out;
}

std::string file(const Book& book, const std::string& target, const std::string& title, const std::string& body) {
    return fmt::format(file_format, fmt::arg("title", escape(title)), fmt::arg("style", style_sheet),
                       fmt::arg("home", link_between(target, "index.html")),
                       fmt::arg("navigation", navigation(book, target)), fmt::arg("body", body));
}

// "1,234 words · 6 min · 7 sections", as far as facts tell.
std::string facts_line(const Page& page) {
    std::string out;
    const auto add = [&](const std::string& value, const char* unit) {
        if (!value.empty()) out += fmt::format("{}{}{}", out.empty() ? "" : " · ", escape(value), unit);
    };
    add(fact(page, "words"), " words");
    add(fact(page, "reading_time"), " to read");
    add(fact(page, "sections"), " sections");
    return out.empty() ? out : fmt::format("<p class=\"facts\">{}</p>\n", out);
}

std::string contents(const Page& page) {
    const std::string list = fact(page, "toc");
    if (list.empty()) return list;
    return fmt::format("<details class=\"toc\" open><summary>On this page</summary>\n{}\n</details>\n", list);
}

std::string findings_box(const Page& page) {
    if (page.findings.empty()) return {};
    std::string items;
    for (const Finding& finding : page.findings) {
        const std::string line = finding.line != 0 ? fmt::format("line {}", finding.line) : std::string("page");
        items += fmt::format("<li class=\"{}\"><span>{}, {}</span> {}</li>\n", finding.warning ? "warning" : "note",
                             escape(finding.source), line, escape(finding.text));
    }
    return fmt::format("<details class=\"findings\"><summary>{} {}</summary>\n<ul>\n{}</ul>\n</details>\n",
                       page.findings.size(), page.findings.size() == 1 ? "finding" : "findings", items);
}

}  // namespace

std::string page_html(const Book& book, std::size_t index) {
    const Document& document = book.documents[index];
    const Page& page = book.pages[index];
    const std::string body =
        fmt::format("<p class=\"path\">{}</p>\n{}{}<article>\n{}</article>\n{}", escape(document.path),
                    facts_line(page), contents(page), page.html, findings_box(page));
    return file(book, document.target, page.title, body);
}

std::string index_html(const Book& book) {
    std::string items;
    for (std::size_t i = 0; i < book.documents.size(); ++i) {
        const Document& document = book.documents[i];
        const std::string time = fact(book.pages[i], "reading_time");
        items += fmt::format("<li><a href=\"{}\">{}</a><span>{}{}</span></li>\n",
                             link_between("index.html", document.target), escape(book.pages[i].title),
                             escape(document.path), time.empty() ? time : " · " + escape(time));
    }
    return file(book, "index.html", "Contents",
                fmt::format("<h1>Contents</h1>\n<ul class=\"index\">\n{}</ul>\n", items));
}

}  // namespace pressroom
