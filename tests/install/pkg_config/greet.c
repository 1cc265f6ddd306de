/* Loads the plugins of a folder and sends a letter through them and through a handler of its own. */
#include <greeting.h>
#include <stdio.h>
#include <tenon/host.h>

static const tenon_record contract[] = {GREETING_CONTRACT(TENON_RECORDS)};

static int32_t count_copies(void* self, tenon_call* call, const void* request, void* reply) {
    (void)self, (void)call, (void)request;
    ((greeting_letter*)reply)->copies += 1;
    return TENON_CHANGED;
}

static int failed(const char* step, const tenon_error* error) {
    fprintf(stderr, "%s: %s\n", step, error->text);
    return 1;
}

static int send(tenon_host* host) {
    tenon_error error = TENON_ERROR_INIT;
    tenon_hook* hook;
    tenon_scope* scope;
    tenon_registration* registration;
    greeting_letter letter = {sizeof letter, 0, TENON_STR("good morning.")};
    if (tenon_host_hook(host, tenon_str_from("org.example.greeting"), tenon_str_from("before_sending"), &hook, &error) <
        0)
        return failed("hook", &error);
    tenon_handler_options options = TENON_HANDLER_OPTIONS_INIT;
    options.name = tenon_str_from("count");
    if (tenon_hook_add(hook, &options, count_copies, NULL, &registration, &error) < 0) return failed("handler", &error);
    if (tenon_scope_create(host, &scope) < 0) return 1;
    if (tenon_hook_call(hook, scope, NULL, &letter) != TENON_CHANGED) return 1;
    printf("%.*s (%u copy)\n", (int)letter.text.size, letter.text.data, (unsigned)letter.copies);
    tenon_scope_destroy(scope);
    return tenon_hook_remove(hook, registration, 1) < 0;
}

int main(int argc, char** argv) {
    tenon_error error = TENON_ERROR_INIT;
    tenon_host* host;
    tenon_report* report = NULL;
    tenon_host_options options = {0};
    int result;
    options.struct_size = sizeof options;
    if (argc != 2) return 2;
    if (tenon_host_create(&options, &host, &error) < 0) return failed("create", &error);
    if (tenon_host_offer(host, contract, sizeof contract / sizeof contract[0], &error) < 0)
        return failed("offer", &error);
    const tenon_str path = tenon_str_from(argv[1]);
    if (tenon_host_load(host, &path, 1, &report, &error) < 0) return failed("load", &error);
    tenon_report_destroy(report);
    result = send(host);
    tenon_host_destroy(host);
    return result;
}
