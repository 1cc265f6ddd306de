/* What is called in a worker, and in process. */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <tenon/entry.h>
#include <tenon/request.h>
#include <time.h>
#include <unistd.h>

#include "worker_contract.h"

static int32_t on_call(void* self, tenon_call* call, const void* request, void* reply) {
    const crossing_block* const asked = (const crossing_block*)request;
    crossing_block* const answer = (crossing_block*)reply;
    (void)self;
    (void)call;
    *answer = *asked;
    answer->number = asked->number + 1;
    return TENON_HANDLED;
}

static int32_t on_change(void* self, tenon_call* call, const void* request, void* reply) {
    (void)self;
    (void)call;
    (void)request;
    ++((crossing_block*)reply)->number;
    return TENON_CHANGED;
}

static int32_t on_wrap(void* self, tenon_call* call, const void* request, void* reply) {
    (void)self;
    (void)request;
    (void)reply;
    return tenon_call_next(call);
}

static int32_t on_weigh(void* self, tenon_call* call, const void* request, void* reply) {
    const tenon_bytes payload = ((const crossing_parcel*)request)->payload;
    uint64_t sum = 0, word = 0;
    (void)self;
    (void)call;
    for (uint64_t i = 0; i + sizeof word <= payload.size; i += sizeof word) {
        memcpy(&word, (const char*)payload.data + i, sizeof word);
        sum += word;
    }
    ((crossing_sum*)reply)->sum = sum;
    return TENON_HANDLED;
}

static uint64_t clock_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int32_t on_linger(void* self, tenon_call* call, const void* request, void* reply) {
    const uint64_t end = clock_ns() + ((const crossing_block*)request)->number;
    while (clock_ns() < end) {
    }
    return on_call(self, call, request, reply);
}

static int32_t on_fall(void* self, tenon_call* call, const void* request, void* reply) {
    (void)self;
    (void)call;
    (void)request;
    (void)reply;
    abort();
}

typedef struct shelf {
    tenon_plugin* plugin;
    char file[512];
} shelf;

static void keep_descriptor(void* data, const tenon_answer* answer) {
    *(int*)data = answer->descriptor;
}

static int open_through_host(const shelf* self) {
    tenon_request request = {0};
    int descriptor = -1;
    request.struct_size = sizeof request;
    request.kind = TENON_REQUEST_OPEN_FILE;
    request.flags = TENON_OPEN_READ;
    request.subject = tenon_str_from(self->file);
    self->plugin->ops->request(self->plugin, &request, keep_descriptor, &descriptor);
    return descriptor;
}

static int32_t on_shelf(void* self, tenon_call* call, const void* request, void* reply) {
    const int itself = ((const crossing_block*)request)->number == 0;
    const uint64_t begun = clock_ns();
    const int file = itself ? open(((shelf*)self)->file, O_RDONLY | O_CLOEXEC) : open_through_host(self);
    (void)call;
    if (file < 0) return TENON_E_FAILED;
    close(file);
    ((crossing_block*)reply)->number = clock_ns() - begun;
    return TENON_HANDLED;
}

static int32_t create(tenon_init* init, void** out_self) {
    const tenon_str folder = init->ops->data_folder(init);
    shelf* const made = calloc(1, sizeof *made);
    if (!made) return TENON_E_NO_MEMORY;
    made->plugin = init->ops->plugin(init);
    snprintf(made->file, sizeof made->file, "%.*s/item.txt", (int)folder.size, folder.data);
    *out_self = made;
    close(open(made->file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    return TENON_OK;
}

static void destroy(void* self) {
    free(self);
}

static const tenon_lifecycle lifecycle = {.struct_size = sizeof(tenon_lifecycle), .create = create, .destroy = destroy};

static const tenon_handler handlers[] = {
    {TENON_STR("org.tenon.bench.crossing"), TENON_STR("call"), on_call},
    {TENON_STR("org.tenon.bench.crossing"), TENON_STR("change"), on_change},
    {TENON_STR("org.tenon.bench.crossing"), TENON_STR("wrap"), on_wrap},
    {TENON_STR("org.tenon.bench.crossing"), TENON_STR("weigh"), on_weigh},
    {TENON_STR("org.tenon.bench.crossing"), TENON_STR("linger"), on_linger},
    {TENON_STR("org.tenon.bench.crossing"), TENON_STR("fall"), on_fall},
    {TENON_STR("org.tenon.bench.crossing"), TENON_STR("shelf"), on_shelf},
};

TENON_NOTE(TENON_USES(CROSSING_CONTRACT))
TENON_ENTRY_HANDLERS(&lifecycle, handlers)
