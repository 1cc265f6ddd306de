/* tenon_entry is to be data; this is code of the same name. */
__declspec(dllexport) int tenon_entry(void);

int tenon_entry(void) {
    return 42;
}
