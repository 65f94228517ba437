#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace clew::capture {

/// Makes the lines of a terminal out of its bytes: what is overwritten after '\r', backspaces or a
/// movement of the cursor counts in its last form only, and control sequences (ECMA-48) are left
/// out. A line of more than 64 KiB is left out as a whole. Internal to the layer.
class LineAssembler {
 public:
  using Visit = std::function<void(std::string_view line)>;

  /// Takes the next bytes, cut anywhere, and visits each line that ends in them.
  void feed(std::string_view bytes, const Visit& visit);
  /// Visits what is left as the last line.
  void finish(const Visit& visit);

 private:
  static constexpr std::size_t kMaxOutputLine = 64 << 10;
  enum class Mode { text, escape, control, string, string_escape };

  void append(std::string_view text);
  void end_line(const Visit& visit);
  void read_control(char c, const Visit& visit);
  /// Reads a character of a control sequence; false when it is none and has to be read as text.
  bool read_escape(char c);
  void erase_last();
  void move_cursor(char final);
  void restart();

  std::string line_;
  std::string arguments_;  // of the control sequence being read
  Mode mode_ = Mode::text;
  bool returned_ = false;  // the cursor is at the start: the next character begins the line anew
  bool too_long_ = false;
};

}  // namespace clew::capture
