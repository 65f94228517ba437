#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace clew::ui {

/// What a piece of text is; the colours are decided in one place.
enum class Label {
  plain,
  heading,
  id,
  name,
  number,
  good,
  bad,
  running,
  warning,
  hint,
  faint,
  added,
  removed,
  tag,
  // The curves of a picture, and the shades from low to high.
  curve_1,
  curve_2,
  curve_3,
  curve_4,
  curve_5,
  curve_6,
  shade_1,
  shade_2,
  shade_3,
  shade_4,
  shade_5,
};

/// Thrown when the reader of an answer has gone away: `clew log | head`. Not a failure: the program
/// ends quietly. No std::exception, so that nothing but the frame of the program catches it.
struct ReaderGone {};

/// A buffered stream to a descriptor. Writing to a pipe that nobody reads any more ends the program
/// quietly (ReaderGone); any other failure is an Error of flush(). Never raises SIGPIPE, and leaves
/// what the process does on SIGPIPE as it was, since the commands that clew runs inherit it. Not
/// thread-safe.
class Output {
 public:
  /// What a failing write means: the answer is lost, which the user must learn; or only chatter is,
  /// which must never change how a command ends.
  enum class OnFailure { report, ignore };

  /// `fd` stays the caller's; with -1 all is kept in memory for take(). `color`: write ANSI
  /// sequences for labels. `columns`: 0 is no limit. `name` stands in messages: "cannot write to
  /// NAME: …".
  Output(int fd, bool terminal, bool color, std::size_t columns,
         OnFailure on_failure = OnFailure::report, std::string name = "standard output")
      : fd_(fd),
        terminal_(terminal),
        color_(color),
        on_failure_(on_failure),
        columns_(columns),
        name_(std::move(name)) {}
  /// Writes out what is buffered and ignores what fails: whoever needs to know calls flush().
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void write(std::string_view text);
  void write(Label label, std::string_view text);
  void line(std::string_view text = {});
  /// Writes out what is buffered. Throws Error(failed) or ReaderGone; later writes do nothing then.
  void flush();

  [[nodiscard]] bool terminal() const { return terminal_; }
  [[nodiscard]] bool color() const { return color_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }  ///< 0: no limit
  /// Lines of the terminal; 0 where there is none.
  [[nodiscard]] std::size_t rows() const { return rows_; }
  void set_rows(std::size_t rows) { rows_ = rows; }
  void set_color(bool color) { color_ = color; }
  void set_silent(bool silent) { silent_ = silent; }
  /// What is buffered, which is then not written any more.
  [[nodiscard]] std::string take() { return std::exchange(buffer_, {}); }
  /// Sends what follows elsewhere (a pager's pipe).
  void redirect(int fd) { fd_ = fd; }

 private:
  /// Empties the buffer; 0 or the errno of the failure.
  int write_out();

  int fd_;
  bool terminal_;
  bool color_;
  bool silent_ = false;
  bool broken_ = false;
  OnFailure on_failure_;
  std::size_t columns_;
  std::size_t rows_ = 0;
  std::string name_;
  std::string buffer_;
};

/// The text with the sequences for a label around it, or as it is without colour.
[[nodiscard]] std::string styled(Label label, std::string_view text, bool color);

/// How many columns a UTF-8 text takes on a terminal. Bytes that are not UTF-8 take one each;
/// sequences of styled() take none.
[[nodiscard]] std::size_t display_width(std::string_view text);

}  // namespace clew::ui
