// What a worker says when a signal ends it.
#pragma once

namespace tenon::sandbox::worker {

// From now on, signals that end the process print their name, the address and the calling thread's stack to standard
// error first. Handlers that a plugin sets come instead. Once, before there are other threads.
void speak_last_words() noexcept;
// A stack of its own for the calling thread's last words, so that running out of stack can be told. Once a thread.
void prepare_thread() noexcept;

}  // namespace tenon::sandbox::worker
