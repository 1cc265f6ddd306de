/* A small contract that many tests use. */
#ifndef SHOP_H
#define SHOP_H

#include <tenon/contract.h>

#define SHOP_ID "org.tenon.test.shop"

/* An article on its way through the price filters. */
#define SHOP_ARTICLE(F, T) \
    F(T, u32, struct_size) \
    F(T, i32, cents)       \
    F(T, str, name)        \
    F(T, span(shop_label), labels)
#define SHOP_LABEL(F, T) F(T, str, text)
TENON_FROZEN(shop_label, SHOP_LABEL);
TENON_APPENDABLE(shop_article, SHOP_ARTICLE, labels);

#define SHOP_QUESTION(F, T) F(T, u32, struct_size) F(T, pad(4), reserved) F(T, str, text)
TENON_APPENDABLE(shop_question, SHOP_QUESTION, text);
#define SHOP_ANSWER(F, T) F(T, u32, struct_size) F(T, pad(4), reserved) F(T, str, text)
TENON_APPENDABLE(shop_answer, SHOP_ANSWER, text);

#define SHOP_ENUMS(E)
#define SHOP_STRUCTS(S) \
    S(shop_label, SHOP_LABEL) S(shop_article, SHOP_ARTICLE) S(shop_question, SHOP_QUESTION) S(shop_answer, SHOP_ANSWER)
#define SHOP_HOOKS(H)                                               \
    H(shop, price, TENON_FILTER, tenon_none, shop_article, 50, 500) \
    H(shop, ask, TENON_FIRST, shop_question, shop_answer, 50, 500)  \
    H(shop, sold, TENON_NOTIFY, shop_article, tenon_none, 50, 500)  \
    H(shop, opened, TENON_NOTIFY, tenon_none, tenon_none, 0, 0)
#ifdef SHOP_TILL_SWAPPED /* a plugin that was built with the methods in another order */
#define SHOP_TILL(M, P) M(P, close, shop_question, shop_answer) M(P, count, shop_question, shop_answer)
#elif defined(SHOP_TILL_REFUND) /* built with a method that the host's contract does not have */
#define SHOP_TILL(M, P)                     \
    M(P, count, shop_question, shop_answer) \
    M(P, close, shop_question, shop_answer) \
    M(P, refund, shop_article, shop_answer)
#else
#define SHOP_TILL(M, P) M(P, count, shop_question, shop_answer) M(P, close, shop_question, shop_answer)
#endif
#define SHOP_SERVICES(S) S(shop_till, "org.tenon.test.till/1", SHOP_TILL)
#define SHOP_CONTRACT(C) C(shop, SHOP_ID, 1, 0, 0, SHOP_ENUMS, SHOP_STRUCTS, SHOP_HOOKS, SHOP_SERVICES)
TENON_CONTRACT(SHOP_CONTRACT);

#endif
