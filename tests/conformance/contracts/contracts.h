/* The contracts of the applications that the fixtures were written for. In C, one a file: two of them are releases of
 * one, with the same names. */
#ifndef TESTS_CONFORMANCE_CONTRACTS_H
#define TESTS_CONFORMANCE_CONTRACTS_H

#include <tenon/contract.h>

#define CONFORMANCE_FIXTURES(X) \
    X(shop) X(evolution_v1) X(evolution_v1_1) X(relay) X(languages) X(greeting) X(pressroom) X(kinds) X(yard) X(closed)
#define CONFORMANCE_PAGES(X) X(readme_page) X(hooks_page) X(workers_page) X(providers_page)
#define CONFORMANCE_CONTRACTS(X) CONFORMANCE_FIXTURES(X) CONFORMANCE_PAGES(X)

TENON_EXTERN_C_BEGIN
#define CONFORMANCE_DECLARED(name)                  \
    extern const tenon_record conformance_##name[]; \
    extern const uint64_t conformance_##name##_size;
CONFORMANCE_CONTRACTS(CONFORMANCE_DECLARED)
TENON_EXTERN_C_END

#endif
