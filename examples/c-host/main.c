/* c-host FOLDER: an application in C. It loads the plugins of a folder, lets them change a letter, and prints what
 * happened. Exit status: 0, or 1 when nothing could be loaded or sent. */
#include <stdio.h>
#include <tenon/host.h>

#include "greeting.h"

static const tenon_record contract[] = {GREETING_CONTRACT(TENON_RECORDS)};

static void print(const char* what, tenon_str text) {
    if (text.size != 0) printf("%s%.*s", what, (int)text.size, text.data);
}

static int failed(const tenon_error* error) {
    fprintf(stderr, "c-host: %s\n  Fix: %s\n", error->text, error->fix);
    return 1;
}

static void print_report(const tenon_report* report) {
    tenon_report_row row = {.struct_size = sizeof row};
    for (uint64_t i = 0; tenon_report_get(report, i, &row) == TENON_OK; ++i) {
        print("", row.plugin);
        printf(" is %s", tenon_state_name(row.state));
        print(": ", row.text);
        print("\n  Fix: ", row.fix);
        printf("\n");
    }
}

static void send_letter(tenon_hook* before_sending, tenon_scope* scope) {
    greeting_letter letter = {sizeof letter, 0, TENON_STR("The parcel is late.")};
    tenon_error error = TENON_ERROR_INIT;
    tenon_hook_call(before_sending, scope, NULL, &letter);
    for (uint64_t i = 0; tenon_scope_error(scope, i, &error) == TENON_OK; ++i)
        printf("%s failed: %s\n", error.plugin, error.text);
    print("Sent: ", letter.text);
    printf("\n");
}

static int run(tenon_host* host, const char* folder) {
    tenon_error error = TENON_ERROR_INIT;
    tenon_report* report = NULL;
    tenon_hook* before_sending = NULL;
    tenon_scope* scope = NULL;
    if (tenon_host_offer(host, contract, sizeof contract / sizeof *contract, &error) < 0) return failed(&error);
    const tenon_str path = tenon_str_from(folder);
    int32_t status = tenon_host_load(host, &path, 1, &report, &error);
    if (status < 0 && status != TENON_E_REFUSED) return failed(&error);
    print_report(report);
    tenon_report_destroy(report);
    status =
        tenon_host_hook(host, tenon_str_from(GREETING_ID), tenon_str_from("before_sending"), &before_sending, &error);
    if (status < 0) return failed(&error);
    if (tenon_scope_create(host, &scope) < 0) return 1;
    send_letter(before_sending, scope);
    tenon_scope_destroy(scope);
    return 0;
}

int main(int count, char** arguments) {
    tenon_host_options options = {
        .struct_size = sizeof options,
        .id = TENON_STR("org.tenon.example.letters"),
        .version = TENON_STR("1.0.0"),
        .trust = TENON_TRUST_TRUSTED, /* in this process */
    };
    tenon_error error = TENON_ERROR_INIT;
    tenon_host* host = NULL;
    if (count != 2) return fprintf(stderr, "Usage: c-host FOLDER\n"), 2;
    if (tenon_host_create(&options, &host, &error) < 0) return failed(&error);
    const int status = run(host, arguments[1]);
    tenon_host_destroy(host);
    return status;
}
