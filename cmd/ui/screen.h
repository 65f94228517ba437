#pragma once

#include <termios.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/fs.h"

namespace clew::ui {

/// The whole terminal, to be drawn anew again and again: an alternate screen without a cursor, keys
/// that arrive one by one and unseen. The destructor gives the terminal back as it was; so does
/// every signal that stops or ends the program, before it does. Not thread-safe.
class Screen {
 public:
  /// `input` may be no terminal: then there are no keys. Both stay the caller's.
  Screen(int input, int output);
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  struct Size {
    std::size_t columns = 80;
    std::size_t rows = 24;
  };
  [[nodiscard]] Size size() const;
  /// Shows these lines, those that fit, in place of what was there.
  void draw(const std::vector<std::string>& lines);

  /// What wait() came back for.
  enum class Event { time_over, key, resized, stop };
  /// Waits for a key, a change of the size, or a signal that asks to end. ^Z stops the program here
  /// and counts as a change of the size when it goes on.
  [[nodiscard]] Event wait(std::chrono::milliseconds most);
  /// The key of Event::key.
  [[nodiscard]] char key() const { return key_; }
  /// The signal of Event::stop.
  [[nodiscard]] int signal() const { return signal_; }

 private:
  void enter();
  void leave();
  void write(const std::string& text) const;

  int input_;
  int output_;
  std::optional<termios> found_;
  sigset_t mask_{};
  Fd signals_;
  bool entered_ = false;
  char key_ = 0;
  int signal_ = 0;
};

}  // namespace clew::ui
