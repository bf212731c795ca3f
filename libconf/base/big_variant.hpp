/// A std::variant of many alternatives that is copied, moved and compared in one place.
#pragma once

namespace conf {

/// Each file that copies, moves, destroys or compares a std::variant makes these functions again, for each
/// alternative: with thirty of them that is seconds of compiling a file. Whoever names one writes `extern
/// template class big_variant<...>;` behind it, and `template class big_variant<...>;` in one source file.
/// Visiting and asking work as with the std::variant that it is; no alternative may throw when it is moved.
template <class Variant>
class big_variant : public Variant {
public:
    using Variant::Variant;

    big_variant();
    big_variant(const big_variant& from);
    big_variant(big_variant&& from) noexcept;
    big_variant& operator=(const big_variant& from);
    big_variant& operator=(big_variant&& from) noexcept;
    ~big_variant();

    [[nodiscard]] bool equals(const big_variant& other) const;
    friend bool operator==(const big_variant& a, const big_variant& b) { return a.equals(b); }
};

template <class Variant>
big_variant<Variant>::big_variant() = default;
template <class Variant>
big_variant<Variant>::big_variant(const big_variant& from) = default;
template <class Variant>
big_variant<Variant>::big_variant(big_variant&& from) noexcept = default;
template <class Variant>
big_variant<Variant>& big_variant<Variant>::operator=(const big_variant& from) = default;
template <class Variant>
big_variant<Variant>& big_variant<Variant>::operator=(big_variant&& from) noexcept = default;
template <class Variant>
big_variant<Variant>::~big_variant() = default;
template <class Variant>
bool big_variant<Variant>::equals(const big_variant& other) const {
    return static_cast<const Variant&>(*this) == static_cast<const Variant&>(other);
}

}  // namespace conf
