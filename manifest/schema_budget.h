// What one reading of a schema or one check of settings may cost.
#pragma once

#include <cstdint>

namespace tenon::manifest {

// Not thread-safe. Once gone it stays gone, and what was found until then means nothing.
class SchemaBudget {
public:
    // About a tenth of a second to a second of work.
    static constexpr std::uint64_t steps = 10'000'000;
    // How deep schemas may be applied within one another: references lead in circles as long as the settings go on.
    static constexpr unsigned most_frames = 256;

    // False if there is not so much left.
    bool spend(std::uint64_t cost) {
        left_ = cost > left_ ? 0 : left_ - cost;
        return left_ != 0;
    }
    bool gone() const { return left_ == 0; }

    // One more schema within another, for as long as it lives.
    class Frame {
    public:
        explicit Frame(SchemaBudget& budget) : budget_(budget) {
            if (++budget_.frames_ > most_frames) budget_.left_ = 0;
        }
        ~Frame() { --budget_.frames_; }
        Frame(const Frame&) = delete;
        Frame& operator=(const Frame&) = delete;

    private:
        SchemaBudget& budget_;
    };

private:
    std::uint64_t left_ = steps;
    unsigned frames_ = 0;
};

}  // namespace tenon::manifest
