#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/fs.h"

namespace clew::cmd {

/// A client of a run's recorder, as clew-protocol(7) says. Never throws for a recorder that is
/// gone: the training comes first, and the caller decides what that means.
class Client {
 public:
  struct Answer {
    std::uint64_t taken = 0;  ///< lines in the record
    std::string error;        ///< what is wrong with a line; empty for none
    std::uint64_t line = 0;   ///< its number, from 1
    std::string lost;         ///< why there is no answer; empty when there is one
  };

  /// Connects to the socket of this path.
  explicit Client(const std::string& path);
  /// Sends lines, each with its end. Does nothing once the connection is lost.
  void send(std::string_view lines);
  /// Ends what is sent and waits until it is recorded, for ten seconds at most.
  [[nodiscard]] Answer finish();

 private:
  Fd fd_;
  std::string lost_;
};

}  // namespace clew::cmd
