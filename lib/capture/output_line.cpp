#include "capture/output_line.h"

#include <algorithm>

namespace clew::capture {
namespace {

constexpr std::size_t kMaxArguments = 64;

bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 || c == '\t';
}

}  // namespace

void LineAssembler::feed(std::string_view bytes, const Visit& visit) {
  while (!bytes.empty()) {
    if (mode_ != Mode::text) {
      if (read_escape(bytes.front())) bytes.remove_prefix(1);
      continue;
    }
    const auto stop = std::find_if_not(bytes.begin(), bytes.end(), is_plain);
    const auto plain = bytes.substr(0, static_cast<std::size_t>(stop - bytes.begin()));
    bytes.remove_prefix(plain.size());
    // The usual line needs no copy.
    if (line_.empty() && !too_long_ && !bytes.empty() && bytes.front() == '\n' &&
        plain.size() <= kMaxOutputLine) {
      if (!plain.empty()) visit(plain);
      returned_ = false;
      bytes.remove_prefix(1);
      continue;
    }
    append(plain);
    if (bytes.empty()) return;
    read_control(bytes.front(), visit);
    bytes.remove_prefix(1);
  }
}

void LineAssembler::finish(const Visit& visit) {
  end_line(visit);
  mode_ = Mode::text;
}

void LineAssembler::append(std::string_view text) {
  if (text.empty()) return;
  if (returned_) restart();
  too_long_ = too_long_ || text.size() > kMaxOutputLine - line_.size();
  if (too_long_) {
    line_.clear();
  } else {
    line_.append(text);
  }
}

void LineAssembler::end_line(const Visit& visit) {
  if (!line_.empty() && !too_long_) visit(line_);
  restart();
}

void LineAssembler::restart() {
  line_.clear();
  returned_ = false;
  too_long_ = false;
}

void LineAssembler::read_control(char c, const Visit& visit) {
  switch (c) {
    case '\n':
      end_line(visit);
      break;
    case '\r':
      returned_ = true;
      break;
    case '\b':
      erase_last();
      break;
    case '\x1b':
      mode_ = Mode::escape;
      arguments_.clear();
      break;
    default:
      break;
  }
}

/// Backspaces come before the same columns are written again. One is a whole UTF-8 character.
void LineAssembler::erase_last() {
  while (!line_.empty()) {
    const auto last = static_cast<unsigned char>(line_.back());
    line_.pop_back();
    if ((last & 0xc0) != 0x80) return;
  }
}

bool LineAssembler::read_escape(char c) {
  if (c == '\n') {  // a sequence that was broken off
    mode_ = Mode::text;
    return false;
  }
  switch (mode_) {
    case Mode::escape:
      if (c == '[') {
        mode_ = Mode::control;
      } else if (c == ']' || c == 'P' || c == '^' || c == '_' || c == 'X') {
        mode_ = Mode::string;
      } else if (c < 0x20 || c > 0x2f) {  // not an intermediate character
        mode_ = Mode::text;
      }
      break;
    case Mode::control:
      if (c >= 0x40 && c <= 0x7e) {
        mode_ = Mode::text;
        move_cursor(c);
      } else if (arguments_.size() < kMaxArguments) {
        arguments_.push_back(c);
      }
      break;
    case Mode::string:
      if (c == '\a') mode_ = Mode::text;
      if (c == '\x1b') mode_ = Mode::string_escape;
      break;
    case Mode::string_escape:
    case Mode::text:
      mode_ = Mode::text;
      break;
  }
  return true;
}

/// Acts on the sequences with which progress bars redraw their lines.
void LineAssembler::move_cursor(char final) {
  switch (final) {
    case 'A':  // up: what stood there is going to be written again
    case 'F':
    case 'J':  // erase in display
      restart();
      break;
    case 'K':  // erase in line
      if (returned_ || arguments_ == "2") restart();
      break;
    case 'G':  // to a column
      returned_ = returned_ || arguments_.empty() || arguments_ == "1";
      break;
    case 'D':  // left
      returned_ = returned_ || arguments_.size() > 1;
      break;
    default:
      break;
  }
}

}  // namespace clew::capture
