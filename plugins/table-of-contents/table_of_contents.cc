// Gives the headings of a page their ids, adds the fact "toc", and offers the outline to others as a service.
#include <pressroom/contract.h>
#include <table_of_contents/contract.h>
#include <tenon/plugin.hpp>

#include "plugins/table-of-contents/outline.h"

namespace {

using table_of_contents::Heading;
using table_of_contents::Outlined;

// Has no state: any thread.
class TableOfContents {
public:
    bool after_render(tenon::Call& call, pressroom_page& page) {
        const Outlined found = table_of_contents::outline(tenon::view(page.html));
        const std::string list = table_of_contents::nested_list(found.headings);
        if (found.changed) page.html = call.copy(found.html);
        if (!list.empty()) call.append(page.facts, pressroom_fact{call.copy("toc"), call.copy(list)});
        return found.changed || !list.empty();
    }

    void outline(tenon::Call& call, const table_of_contents_page& page, table_of_contents_headings& headings) {
        std::vector<table_of_contents_entry> entries;
        for (const Heading& heading : table_of_contents::outline(tenon::view(page.html)).headings) {
            auto entry = tenon::sized<table_of_contents_entry>();
            entry.level = heading.level;
            entry.title = call.copy(heading.title);
            entry.id = call.copy(heading.id);
            entries.push_back(entry);
        }
        headings.entries = call.copy_span(entries);
        headings.count = entries.size();
    }
};

}  // namespace

TENON_PLUGIN(TableOfContents, TENON_USES(PRESSROOM_CONTRACT) TENON_OFFERS(TABLE_OF_CONTENTS_CONTRACT),
             tenon::on<pressroom_after_render_hook, &TableOfContents::after_render>(),
             tenon::serve<table_of_contents_service,
                          tenon::method<table_of_contents_outline_method, &TableOfContents::outline>>())
