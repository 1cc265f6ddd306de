// C++ views of types.h: std::string_view for text, SpanView for spans whose stride may differ from the reader's type.
#ifndef TENON_TYPES_HPP
#define TENON_TYPES_HPP

#include <tenon/types.h>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace tenon {

// Borrow in either direction; nothing is copied.
inline std::string_view view(tenon_str text) noexcept {
    return {text.data != nullptr ? text.data : "", static_cast<std::size_t>(text.size)};
}
constexpr tenon_str str(std::string_view text) noexcept {
    return {text.data(), text.size()};
}

// A zero-filled T; an APPENDABLE one knows its size.
template <class T>
T sized() noexcept {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    std::memset(static_cast<void*>(&value), 0, sizeof value);
    if constexpr (requires { value.struct_size; }) value.struct_size = sizeof(T);
    return value;
}

// Reads the elements of a span by value: a shorter element is filled up with zeros, a longer one is cut. There is no
// reference to an element, because it may be shorter than T.
template <class T>
class SpanView {
public:
    explicit SpanView(const tenon_span& span) noexcept : span_(span) {}

    class iterator {
    public:
        iterator(const SpanView* view, std::uint64_t index) noexcept : view_(view), index_(index) {}
        T operator*() const noexcept { return (*view_)[index_]; }
        iterator& operator++() noexcept {
            ++index_;
            return *this;
        }
        bool operator==(const iterator& other) const noexcept { return index_ == other.index_; }

    private:
        const SpanView* view_;
        std::uint64_t index_;
    };

    // Zero-filled beyond the end.
    T operator[](std::uint64_t index) const noexcept {
        static_assert(std::is_trivially_copyable_v<T>);
        T element;
        if (!tenon_span_get(&span_, index, &element, sizeof element)) element = sized<T>();
        return element;
    }
    std::uint64_t size() const noexcept { return span_.count; }
    bool empty() const noexcept { return span_.count == 0; }
    iterator begin() const noexcept { return {this, 0}; }
    iterator end() const noexcept { return {this, span_.count}; }

private:
    tenon_span span_;
};

}  // namespace tenon

#endif
