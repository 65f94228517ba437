#pragma once

#include <poll.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/fs.h"

namespace clew::record {

/// What front and recorder tell each other, and the recorders of a run and of one inside it.
enum class Message : std::uint8_t {
  // From the front.
  output = 1,   ///< a byte for the stream, then bytes
  lost = 2,     ///< text: output that could not be copied
  refused = 3,  ///< a byte for the stream: its reader went away
  drained = 4,  ///< all output was copied
  // From the recorder.
  spawned = 5,   ///< pid as text
  rejected = 6,  ///< errno of execve as text
  ended = 7,     ///< "exit N" or "signal N"
  recorded = 8,  ///< the run's header at its end
  report = 9,    ///< a line for the user
  stopped = 17,  ///< why the command was ended
  // From the recorder of an inner run to that of the outer, which traces for both.
  join = 10,    ///< the version of what follows, as text
  finish = 11,  ///< the inner command has ended
  // And back.
  joined = 12,   ///< the level of tracing, as text; empty: the outer run does not trace
  event = 13,    ///< a byte for the type of a model::Event, then its encoding
  address = 14,  ///< a connection of the inner run
  notice = 15,   ///< what is to be told to the user
  done = 16,     ///< all that the inner run did has been told
};

/// One end of the connection between front and recorder: whole messages in order. Sending never
/// blocks; what the other end does not take yet is queued. Not thread-safe.
class Channel {
 public:
  explicit Channel(Fd fd) : fd_(std::move(fd)) {}
  /// Both ends. Throws Error(failed).
  [[nodiscard]] static std::pair<Channel, Channel> make();

  void send(Message kind, std::string_view payload = {});
  /// The next message, if one is there. After the other end has gone, alive() is false.
  [[nodiscard]] std::optional<std::pair<Message, std::string>> receive();
  void flush();
  [[nodiscard]] bool alive() const { return static_cast<bool>(fd_); }
  [[nodiscard]] std::size_t queued() const { return queued_; }
  [[nodiscard]] pollfd waits_for() const {
    const int events = POLLIN | (queue_.empty() ? 0 : POLLOUT);
    return {fd_.get(), static_cast<short>(events), 0};
  }
  [[nodiscard]] int descriptor() const { return fd_.get(); }

 private:
  Fd fd_;
  std::deque<std::string> queue_;
  std::size_t queued_ = 0;
  bool deaf_ = false;  // the other end has gone, or takes no more
};

}  // namespace clew::record
