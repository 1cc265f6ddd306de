/* A library in two versions, for linkers and installers. */
int watched_build_version(void) {
    return WATCHED_BUILD;
}
