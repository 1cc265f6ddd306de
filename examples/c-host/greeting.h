/* The contract between the application and its plugins: a letter that plugins may change before it is sent. */
#ifndef C_HOST_GREETING_H
#define C_HOST_GREETING_H

#include <tenon/contract.h>

#define GREETING_LETTER(F, T) F(T, u32, struct_size) F(T, u32, reserved) F(T, str, text)
TENON_APPENDABLE(greeting_letter, GREETING_LETTER, text);

#define GREETING_ENUMS(E)
#define GREETING_STRUCTS(S) S(greeting_letter, GREETING_LETTER)
#define GREETING_HOOKS(H) H(greeting, before_sending, TENON_FILTER, tenon_none, greeting_letter, 0, 0)
#define GREETING_SERVICES(S)
#define GREETING_ID "org.example.greeting"
#define GREETING_CONTRACT(C) \
    C(greeting, GREETING_ID, 1, 0, 0, GREETING_ENUMS, GREETING_STRUCTS, GREETING_HOOKS, GREETING_SERVICES)
TENON_CONTRACT(GREETING_CONTRACT);

#endif
