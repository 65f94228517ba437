#pragma once

#include <termios.h>

#include <array>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "capture/process.h"
#include "capture/relay.h"
#include "capture/terminal.h"
#include "model/event.h"

namespace clew::record {

/// The streams between the command and the world, made before front and recorder part, so that both
/// hold what the command depends on. A stream that is a terminal goes through a pty; of the others
/// stdin is inherited, stdout and stderr are pipes.
struct Stage {
  std::array<bool, 3> terminal{};
  std::optional<capture::Pty> pty;
  std::array<Fd, 3> readers;  ///< [1] and [2]: the pipes' ends that clew reads
  std::array<Fd, 3> writers;
  bool joined = false;  ///< stdout and stderr are the same file: one pipe keeps their order
  std::optional<termios> found;  ///< settings of the terminal that stdin is

  /// The descriptors for the command.
  void equip(capture::Spawn& request) const;
  /// Lets go of the command's ends, after it has them.
  void release_command_ends();
};

/// Sets the stage for this process's standard streams. Without `watch_output`, streams that are no
/// terminals are left as they are. Throws Error(failed).
[[nodiscard]] Stage make_stage(bool watch_output);

/// A relay with the stream that it carries.
struct StreamRelay {
  model::Stream stream;
  capture::Relay relay;
};
using StreamTap = std::function<void(model::Stream, std::string_view)>;

/// Relays from the command's streams to this process's own, taking over the stage's reading ends.
/// The pty's master is duplicated, since keys go the other way.
[[nodiscard]] std::vector<StreamRelay> make_relays(Stage& stage, const StreamTap& tap);

}  // namespace clew::record
