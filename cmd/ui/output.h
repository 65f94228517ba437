#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace clew::ui {

/// What a piece of text is; the colours are decided in one place.
enum class Label {
  plain, heading, id, name, number, good, bad, running, warning, hint, faint, added, removed, tag,
};

/// A buffered stream to a descriptor. Writing to a pipe that nobody reads any more ends the program
/// quietly; any other failure is reported by finish(). Not thread-safe.
class Output {
 public:
  /// `fd` stays the caller's. `color`: write ANSI sequences for labels.
  Output(int fd, bool terminal, bool color, std::size_t columns)
      : fd_(fd), terminal_(terminal), color_(color), columns_(columns) {}
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void write(std::string_view text);
  void write(Label label, std::string_view text);
  void line(std::string_view text = {});
  /// Writes out what is buffered; throws Error(failed) when that fails, or returns false when the
  /// reader has gone away.
  bool flush();

  [[nodiscard]] bool terminal() const { return terminal_; }
  [[nodiscard]] bool color() const { return color_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }  ///< 0: no limit
  void set_color(bool color) { color_ = color; }
  void set_silent(bool silent) { silent_ = silent; }
  /// Sends what follows elsewhere (a pager's pipe).
  void redirect(int fd) { fd_ = fd; }

 private:
  int fd_;
  bool terminal_;
  bool color_;
  bool silent_ = false;
  bool broken_ = false;
  std::size_t columns_;
  std::string buffer_;
};

/// The text with the sequences for a label around it, or as it is without colour.
[[nodiscard]] std::string styled(Label label, std::string_view text, bool color);

/// How many columns a UTF-8 text takes on a terminal.
[[nodiscard]] std::size_t display_width(std::string_view text);

}  // namespace clew::ui
