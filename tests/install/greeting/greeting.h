/* The contract that the three consumers share. */
#ifndef GREETING_H
#define GREETING_H

#include <tenon/contract.h>

#define GREETING_LETTER(F, T) F(T, u32, struct_size) F(T, u32, copies) F(T, str, text)
TENON_APPENDABLE(greeting_letter, GREETING_LETTER, text);

#define GREETING_NOTHING(X)
#define GREETING_STRUCTS(S) S(greeting_letter, GREETING_LETTER)
#define GREETING_HOOKS(H) H(greeting, before_sending, TENON_FILTER, tenon_none, greeting_letter, 0, 0)
#define GREETING_CONTRACT(C) \
    C(greeting, "org.example.greeting", 1, 0, 0, GREETING_NOTHING, GREETING_STRUCTS, GREETING_HOOKS, GREETING_NOTHING)
TENON_CONTRACT(GREETING_CONTRACT);

#endif
