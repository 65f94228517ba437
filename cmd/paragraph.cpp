#include "paragraph.h"

#include <string>

#include "base/text.h"

namespace clew::cmd {

void print_paragraph(ui::Output& out, ui::Label label, std::string_view text, std::size_t at,
                     std::size_t indent) {
  const std::size_t columns = out.columns();
  std::string line;
  const auto flush = [&] {
    out.write(label, line);
    out.line();
    line.clear();
  };
  for (const std::string_view word : split(text, ' ')) {
    const bool first = line.empty();
    const std::size_t width =
        at + ui::display_width(line) + (first ? 0 : 1) + ui::display_width(word);
    if (!first && columns != 0 && width > columns) {
      flush();
      out.write(std::string(indent, ' '));
      at = indent;
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  flush();
}

}  // namespace clew::cmd
