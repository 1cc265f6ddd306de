/* A library that has nothing to do with Tenon. */
__declspec(dllexport) int answer(void);

int answer(void) {
    return 42;
}
