#pragma once

#include <string_view>

// Internal to the snapshot layer.

namespace clew::snapshot {

/// Does a file's name say that it likely holds a key or a password? Templates of such files, as
/// `.env.example`, do not count. `path` is relative, with '/' between components.
[[nodiscard]] bool is_likely_secret(std::string_view path);

}  // namespace clew::snapshot
