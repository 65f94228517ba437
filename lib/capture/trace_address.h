#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace clew::capture {

/// The most bytes of a socket address that are of interest (sockaddr_storage).
inline constexpr std::size_t kMaxAddress = 128;

/// A socket address as text: "192.0.2.1:443", "[2001:db8::1]:443", "unix:/run/x.sock", "unix:@name"
/// for an abstract one; empty for other families and addresses without a name.
[[nodiscard]] std::string format_address(std::string_view bytes);

}  // namespace clew::capture
