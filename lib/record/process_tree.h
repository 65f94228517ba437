#pragma once

#include <sys/types.h>

#include <compare>
#include <cstdint>
#include <vector>

namespace clew::record {

/// A process that cannot be taken for another that gets its number later.
struct ProcessMark {
  pid_t pid = -1;
  std::uint64_t start = 0;  ///< in the kernel's ticks since boot
  friend auto operator<=>(const ProcessMark&, const ProcessMark&) = default;
};

/// A process and all that descend from it, parents before children, as /proc tells at this moment
/// (proc(5)); without those that are only waiting to be reaped. Empty when it is gone.
class ProcessTree {
 public:
  struct Node {
    ProcessMark mark;
    std::vector<std::size_t> children;  ///< places in nodes()
  };
  [[nodiscard]] static ProcessTree below(pid_t root);
  [[nodiscard]] const std::vector<Node>& nodes() const&& = delete;  // they go with the tree
  [[nodiscard]] const std::vector<Node>& nodes() const& { return nodes_; }
  /// The processes nearest to the root that handle a signal themselves. Those below one of them are
  /// its own affair, and not listed.
  [[nodiscard]] std::vector<ProcessMark> handling(int signal) const;

 private:
  std::vector<Node> nodes_;
};

/// Is it still there, and not only waiting to be reaped?
[[nodiscard]] bool is_alive(const ProcessMark& mark);
/// Has it a handler of its own for the signal?
[[nodiscard]] bool handles(pid_t pid, int signal);

}  // namespace clew::record
