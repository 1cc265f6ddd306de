// The syntax tree of a CommonMark document, owned.
#pragma once

#include <cmark.h>

#include <memory>
#include <new>
#include <string_view>

namespace text {

struct FreeCmark {
    void operator()(cmark_node* node) const noexcept { cmark_node_free(node); }
    void operator()(cmark_iter* iterator) const noexcept { cmark_iter_free(iterator); }
};
using CmarkTree = std::unique_ptr<cmark_node, FreeCmark>;

// Calls visit(node, event) for each node on the way through the tree; the nodes live as long as the tree.
template <class Visit>
void walk(const CmarkTree& tree, Visit&& visit) {
    const std::unique_ptr<cmark_iter, FreeCmark> iterator(cmark_iter_new(tree.get()));
    for (cmark_event_type event; (event = cmark_iter_next(iterator.get())) != CMARK_EVENT_DONE;)
        visit(cmark_iter_get_node(iterator.get()), event);
}

// Parses any text: there is no malformed CommonMark. Lines are counted from 1.
inline CmarkTree parse_commonmark(std::string_view source) {
    CmarkTree tree(cmark_parse_document(source.data(), source.size(), CMARK_OPT_DEFAULT));
    if (tree == nullptr) throw std::bad_alloc();
    return tree;
}

inline std::string_view literal(cmark_node* node) {
    const char* const text = cmark_node_get_literal(node);
    return text != nullptr ? text : "";
}

}  // namespace text
