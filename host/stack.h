// Where a thread is, in words.
#pragma once

#include <cstdint>
#include <string>

namespace tenon::host {

// Interrupts a thread of this process with the signal and gives its stack, one frame a line ("#0 function (library)");
// empty when the thread does not answer within a tenth of a second. The signal's handler is installed at the first use
// of that number, process-wide, and stays: the application has consented to it (tenon_host_options.stack_signal). One
// thread at a time.
std::string stack_of(std::int32_t thread, std::uint32_t signal);

}  // namespace tenon::host
