/* What org.tenon.table-of-contents offers to other plugins and to hosts: the outline of a page. */
#ifndef TABLE_OF_CONTENTS_CONTRACT_H
#define TABLE_OF_CONTENTS_CONTRACT_H

#include <tenon/contract.h>

#define TABLE_OF_CONTENTS_ID "org.tenon.table-of-contents"

/* A heading. */
#define TABLE_OF_CONTENTS_ENTRY(F, T)           \
    F(T, u32, struct_size)                      \
    F(T, u32, level) /* 1 to 3 */               \
    F(T, str, title) /* plain text, not HTML */ \
    F(T, str, id)    /* of the element, unique in the page; it has or would get this id */
TENON_APPENDABLE(table_of_contents_entry, TABLE_OF_CONTENTS_ENTRY, id);

#define TABLE_OF_CONTENTS_PAGE(F, T) F(T, u32, struct_size) F(T, pad(4), reserved) F(T, str, html)
TENON_APPENDABLE(table_of_contents_page, TABLE_OF_CONTENTS_PAGE, html);

#define TABLE_OF_CONTENTS_HEADINGS(F, T)                                       \
    F(T, u32, struct_size)                                                     \
    F(T, pad(4), reserved)                                                     \
    F(T, span(table_of_contents_entry), entries) /* in the document's order */ \
    F(T, u64, count)                             /* of entries */
TENON_APPENDABLE(table_of_contents_headings, TABLE_OF_CONTENTS_HEADINGS, count);

#define TABLE_OF_CONTENTS_ENUMS(E)
#define TABLE_OF_CONTENTS_STRUCTS(S)                    \
    S(table_of_contents_entry, TABLE_OF_CONTENTS_ENTRY) \
    S(table_of_contents_page, TABLE_OF_CONTENTS_PAGE)   \
    S(table_of_contents_headings, TABLE_OF_CONTENTS_HEADINGS)
#define TABLE_OF_CONTENTS_HOOKS(H)
/* outline: the headings h1 to h3 of a piece of HTML. */
#define TABLE_OF_CONTENTS_METHODS(M, P) M(P, outline, table_of_contents_page, table_of_contents_headings)
#define TABLE_OF_CONTENTS_SERVICES(S) S(table_of_contents, "org.tenon.table-of-contents/1", TABLE_OF_CONTENTS_METHODS)
#define TABLE_OF_CONTENTS_CONTRACT(C)                                                                       \
    C(table_of_contents, TABLE_OF_CONTENTS_ID, 1, 0, 0, TABLE_OF_CONTENTS_ENUMS, TABLE_OF_CONTENTS_STRUCTS, \
      TABLE_OF_CONTENTS_HOOKS, TABLE_OF_CONTENTS_SERVICES)
TENON_CONTRACT(TABLE_OF_CONTENTS_CONTRACT);

#endif
