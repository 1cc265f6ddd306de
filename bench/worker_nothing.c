/* The least that a process can be: what a start of a worker is compared with. */
int main(void) {
    return 0;
}
