#pragma once

#include <poll.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"

namespace clew::capture {

/// Moves bytes from one descriptor to another without ever blocking on either, and shows them to a
/// tap on the way. It reads on only when what it read before was passed on, so a slow reader slows
/// the writer exactly as a pipe does. Driven by poll(2); not thread-safe.
class Relay {
 public:
  /// Shown every piece as it is read.
  using Tap = std::function<void(std::string_view bytes)>;

  /// Takes `source`. `destination` stays the caller's; -1 throws the bytes away.
  Relay(Fd source, int destination, Tap tap);

  /// Adds what it waits for to `waiting`.
  void await(std::vector<pollfd>& waiting) const;
  /// Acts on what poll() found for its descriptors.
  void act(const std::vector<pollfd>& ready);
  /// Passes on what can be read at once, up to 1 MiB (the most that a pipe holds unless its owner
  /// is privileged); for the end, when the command is gone but others may go on writing.
  void drain();
  /// No more bytes will come from here, and all were passed on.
  [[nodiscard]] bool finished() const { return !source_ && pending_.empty(); }
  /// The destination refused (its reader went away): the source was closed, so that its writers
  /// learn of it as they would have without a relay.
  [[nodiscard]] bool refused() const { return refused_; }
  /// From now on the bytes go nowhere.
  void detach() {
    destination_ = -1;
    pending_.clear();
  }
  void close() {
    source_.reset();
    pending_.clear();
  }
  [[nodiscard]] int source() const { return source_.get(); }

 private:
  bool read_some();
  void write_some();

  Fd source_;
  int destination_;
  bool regular_ = false;  // a regular file takes any size at once
  bool refused_ = false;
  Tap tap_;
  std::string pending_;
};

}  // namespace clew::capture
