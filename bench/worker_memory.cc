// Crossings through shared memory: a box each way, of which one side is the writer.
#include <linux/futex.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "worker_peers.h"

namespace bench {

namespace {

// A cache line with the word; the bytes follow it in memory.
struct alignas(64) Box {
    char* bytes() { return reinterpret_cast<char*>(this + 1); }
    std::atomic<std::uint32_t> word;  // changes when something new is inside
};

// Both boxes, in one memfd.
class Boxes {
public:
    explicit Boxes(std::size_t size) : stride_((sizeof(Box) + size + 4095) / 4096 * 4096) {
        const int file = ::memfd_create("boxes", MFD_CLOEXEC);
        if (file < 0 || ::ftruncate(file, static_cast<off_t>(stride_ * 2)) != 0) throw std::runtime_error("no memfd");
        void* const memory = ::mmap(nullptr, stride_ * 2, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
        ::close(file);
        if (memory == MAP_FAILED) throw std::runtime_error("the memfd cannot be mapped");
        memory_ = static_cast<char*>(memory);
    }
    ~Boxes() { ::munmap(memory_, stride_ * 2); }
    Boxes(const Boxes&) = delete;
    Boxes& operator=(const Boxes&) = delete;
    Box& there() const { return *reinterpret_cast<Box*>(memory_); }
    Box& back() const { return *reinterpret_cast<Box*>(memory_ + stride_); }

private:
    std::size_t stride_;
    char* memory_;
};

// How one side waits until a word is not what it was, and how the other says that it has changed.
struct Spinning {
    void wait(const std::atomic<std::uint32_t>& word, std::uint32_t seen) const {
        while (word.load(std::memory_order_acquire) == seen) {
        }
    }
    void wake(const std::atomic<std::uint32_t>&) const {}
};

struct Futex {
    static void system_call(const std::atomic<std::uint32_t>& word, int operation, std::uint32_t value) {
        ::syscall(SYS_futex, &word, operation, value, nullptr, nullptr, 0);
    }
    void wait(const std::atomic<std::uint32_t>& word, std::uint32_t seen) const {
        while (word.load(std::memory_order_acquire) == seen) system_call(word, FUTEX_WAIT, seen);
    }
    void wake(const std::atomic<std::uint32_t>& word) const { system_call(word, FUTEX_WAKE, 1); }
};

// One eventfd for each direction.
struct Events {
    Events() : descriptor(::eventfd(0, EFD_CLOEXEC)) {
        if (descriptor < 0) throw std::runtime_error("no eventfd");
    }
    void wait(const std::atomic<std::uint32_t>& word, std::uint32_t seen) const {
        std::uint64_t count = 0;
        while (word.load(std::memory_order_acquire) == seen)
            if (::read(descriptor, &count, sizeof count) < 0) throw std::runtime_error("an eventfd cannot be read");
    }
    void wake(const std::atomic<std::uint32_t>&) const {
        const std::uint64_t one = 1;
        if (::write(descriptor, &one, sizeof one) < 0) throw std::runtime_error("an eventfd cannot be written");
    }
    int descriptor;
};

template <class Signal>
struct Memory {
    explicit Memory(std::size_t room) : size(room), boxes(room) {}

    void put(Box& box, const Signal& signal, const char* bytes, std::size_t count) {
        std::memcpy(box.bytes(), bytes, count);
        box.word.store(box.word.load(std::memory_order_relaxed) + 1, std::memory_order_release);
        signal.wake(box.word);
    }
    void call(const char* request, char* reply) {
        const std::uint32_t seen = boxes.back().word.load(std::memory_order_relaxed);
        put(boxes.there(), to_answerer, request, size);
        to_caller.wait(boxes.back().word, seen);
        std::memcpy(reply, boxes.back().bytes(), reply_size(size));
    }
    void serve() {
        char reply[small_request];
        for (std::uint32_t seen = 0;; ++seen) {
            to_answerer.wait(boxes.there().word, seen);
            answer(boxes.there().bytes(), size, reply);
            put(boxes.back(), to_caller, reply, reply_size(size));
        }
    }

    std::size_t size;
    Boxes boxes;
    Signal to_answerer, to_caller;
};

template <class Signal>
Crossing through_memory(const std::string& name) {
    return {name, [](const Placement& placement, std::size_t size) -> Trip {
                auto memory = std::make_shared<Memory<Signal>>(size);
                answer_apart(placement.answerer, [&] { memory->serve(); });
                return [memory](const char* request, char* reply) { memory->call(request, reply); };
            }};
}

void serve_words(Box& there, Box& back) {
    for (std::uint32_t seen = 0;;) {
        Spinning().wait(there.word, seen);
        seen = there.word.load(std::memory_order_relaxed);
        back.word.store(seen + 1, std::memory_order_release);
    }
}

}  // namespace

Crossing spin_words() {
    return {"two words, spinning", [](const Placement& placement, std::size_t) -> Trip {
                auto boxes = std::make_shared<Boxes>(0);
                answer_apart(placement.answerer, [&] { serve_words(boxes->there(), boxes->back()); });
                return [boxes](const char* request, char* reply) {
                    std::uint64_t number = 0;
                    std::memcpy(&number, request, sizeof number);
                    const std::uint32_t seen = boxes->back().word.load(std::memory_order_relaxed);
                    boxes->there().word.store(static_cast<std::uint32_t>(number), std::memory_order_release);
                    Spinning().wait(boxes->back().word, seen);
                    number = boxes->back().word.load(std::memory_order_relaxed);
                    std::memcpy(reply, &number, sizeof number);
                };
            }};
}

Crossing spin_memory() {
    return through_memory<Spinning>("shared memory, spinning");
}

Crossing futex() {
    return through_memory<Futex>("shared memory, futex");
}

Crossing event_descriptors() {
    return through_memory<Events>("shared memory, eventfd");
}

}  // namespace bench
