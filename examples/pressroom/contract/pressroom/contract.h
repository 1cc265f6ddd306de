/* The contract of the pressroom: what a plugin can do while a folder of documents becomes a site. */
#ifndef PRESSROOM_CONTRACT_H
#define PRESSROOM_CONTRACT_H

#include <tenon/contract.h>

#define PRESSROOM_ID "org.tenon.pressroom"

#define PRESSROOM_SEVERITY(V, E) V(E, PRESSROOM_NOTE, 0) V(E, PRESSROOM_WARNING, 1)
TENON_ENUM(pressroom_severity, u32, PRESSROOM_SEVERITY);

/* Something that a plugin found in a page. Text, not HTML. Who rewrites the source moves its lines, so that such a
 * handler comes after those that check (a lower priority). */
#define PRESSROOM_FINDING(F, T)                    \
    F(T, u32, struct_size)                         \
    F(T, enumerated(pressroom_severity), severity) \
    F(T, str, source) /* who found it, in words */ \
    F(T, str, text)                                \
    F(T, u64, line) /* in the document, from 1; 0: the page as a whole */
TENON_APPENDABLE(pressroom_finding, PRESSROOM_FINDING, line);

/* A named value of a page, for the template and the summary. FROZEN, so that spans of it are plain arrays. The template
 * knows "words", "reading_time", "sections" (text) and "toc" (HTML, put into the page as it is). */
#define PRESSROOM_FACT(F, T) F(T, str, name) F(T, str, value)
TENON_FROZEN(pressroom_fact, PRESSROOM_FACT);

/* A document on its way through the filters: before_render sees the source, after_render the HTML. */
#define PRESSROOM_PAGE(F, T)                                             \
    F(T, u32, struct_size)                                               \
    F(T, pad(4), reserved)                                               \
    F(T, str, path) /* of the document, relative to the source folder */ \
    F(T, str, title)                                                     \
    F(T, str, source) /* the document's text */                          \
    F(T, str, html)   /* the rendered body; empty before render */       \
    F(T, span(pressroom_finding), findings)                              \
    F(T, span(pressroom_fact), facts)
TENON_APPENDABLE(pressroom_page, PRESSROOM_PAGE, facts);

/* render: a document's source in, HTML out. Decline what you do not know. */
#define PRESSROOM_SOURCE(F, T) F(T, u32, struct_size) F(T, pad(4), reserved) F(T, str, path) F(T, str, text)
TENON_APPENDABLE(pressroom_source, PRESSROOM_SOURCE, text);
#define PRESSROOM_HTML(F, T) F(T, u32, struct_size) F(T, pad(4), reserved) F(T, str, text)
TENON_APPENDABLE(pressroom_html, PRESSROOM_HTML, text);

#define PRESSROOM_ENUMS(E) E(pressroom_severity, PRESSROOM_SEVERITY)
#define PRESSROOM_STRUCTS(S)                \
    S(pressroom_finding, PRESSROOM_FINDING) \
    S(pressroom_fact, PRESSROOM_FACT)       \
    S(pressroom_page, PRESSROOM_PAGE)       \
    S(pressroom_source, PRESSROOM_SOURCE)   \
    S(pressroom_html, PRESSROOM_HTML)
/* Budgets in microseconds, soft and hard, per call. */
#define PRESSROOM_HOOKS(H)                                                               \
    H(pressroom, before_render, TENON_FILTER, tenon_none, pressroom_page, 20000, 200000) \
    H(pressroom, render, TENON_FIRST, pressroom_source, pressroom_html, 20000, 200000)   \
    H(pressroom, after_render, TENON_FILTER, tenon_none, pressroom_page, 20000, 200000)  \
    H(pressroom, page_done, TENON_NOTIFY, pressroom_page, tenon_none, 5000, 50000)
#define PRESSROOM_SERVICES(S)
#define PRESSROOM_CONTRACT(C) \
    C(pressroom, PRESSROOM_ID, 1, 0, 0, PRESSROOM_ENUMS, PRESSROOM_STRUCTS, PRESSROOM_HOOKS, PRESSROOM_SERVICES)
TENON_CONTRACT(PRESSROOM_CONTRACT);

#endif
