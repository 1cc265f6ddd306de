/* The contract of the plugin that tries to get out: one thing by its name, and how it went. */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <tenon/contract.h>

#define ESCAPE_ID "org.tenon.test.escape"

/* `argument`: words that say where, with a space between them. */
#define ESCAPE_ATTEMPT(F, T) F(T, u32, struct_size) F(T, pad(4), reserved) F(T, str, name) F(T, str, argument)
TENON_APPENDABLE(escape_attempt, ESCAPE_ATTEMPT, argument);
/* `result`: of the system call that decides; below 0, `error` has its errno. */
#define ESCAPE_OUTCOME(F, T) F(T, u32, struct_size) F(T, i32, error) F(T, i64, result) F(T, str, text)
TENON_APPENDABLE(escape_outcome, ESCAPE_OUTCOME, text);

#define ESCAPE_ENUMS(E)
#define ESCAPE_STRUCTS(S) S(escape_attempt, ESCAPE_ATTEMPT) S(escape_outcome, ESCAPE_OUTCOME)
/* `hurry` is the same as `attempt`, with a hard budget: of so many milliseconds that slow machines keep it, too. */
#define ESCAPE_HOOKS(H)                                                   \
    H(escape, attempt, TENON_FIRST, escape_attempt, escape_outcome, 0, 0) \
    H(escape, hurry, TENON_FIRST, escape_attempt, escape_outcome, 0, 300000)
#define ESCAPE_SERVICES(S)
#define ESCAPE_CONTRACT(C) C(escape, ESCAPE_ID, 1, 0, 0, ESCAPE_ENUMS, ESCAPE_STRUCTS, ESCAPE_HOOKS, ESCAPE_SERVICES)
TENON_CONTRACT(ESCAPE_CONTRACT);

#endif
