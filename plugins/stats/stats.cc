// Adds the facts "words", "reading_time" and "sections" to a page. Sections are counted by the table of contents.
#include <pressroom/contract.h>
#include <table_of_contents/contract.h>
#include <tenon/plugin.hpp>

#include "plugins/stats/reading.h"

namespace {

// Changes nothing after its construction: any thread.
class Stats {
public:
    explicit Stats(tenon::Init init) : contents_(init.service<table_of_contents_service>()) {}

    bool after_render(tenon::Call& call, pressroom_page& page) {
        const std::uint64_t words = stats::count_words(tenon::view(page.html));
        auto asked = tenon::sized<table_of_contents_page>();
        asked.html = page.html;
        const auto headings = call.ask<table_of_contents_outline_method>(contents_, asked);
        add(call, page, "words", std::to_string(words));
        add(call, page, "reading_time", stats::reading_time(words));
        add(call, page, "sections", std::to_string(headings.count));
        return true;
    }

private:
    static void add(tenon::Call& call, pressroom_page& page, std::string_view name, const std::string& value) {
        call.append(page.facts, pressroom_fact{call.copy(name), call.copy(value)});
    }

    tenon::ServiceHandle<table_of_contents_service> contents_;
};

}  // namespace

TENON_PLUGIN(Stats, TENON_USES(PRESSROOM_CONTRACT) TENON_USES(TABLE_OF_CONTENTS_CONTRACT),
             tenon::on<pressroom_after_render_hook, &Stats::after_render>())
