// Which sanitizer this is compiled with: GCC and Clang tell it in different ways.
#pragma once

#if defined(__has_feature)
#define TENON_HAS_FEATURE(feature) __has_feature(feature)
#else
#define TENON_HAS_FEATURE(feature) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || TENON_HAS_FEATURE(address_sanitizer)
#define TENON_ADDRESS_SANITIZER 1
#else
#define TENON_ADDRESS_SANITIZER 0
#endif

#if defined(__SANITIZE_THREAD__) || TENON_HAS_FEATURE(thread_sanitizer)
#define TENON_THREAD_SANITIZER 1
#else
#define TENON_THREAD_SANITIZER 0
#endif

#undef TENON_HAS_FEATURE
