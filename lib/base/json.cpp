#include "base/json.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/error.h"
#include "base/text.h"

namespace clew {
namespace {

[[noreturn]] void wrong_type(const char* wanted) {
  throw Error(ErrorKind::bug, concat("a JSON value is no ", wanted));
}

template <typename T, typename Variant>
auto& get_as(Variant& value, const char* wanted) {
  auto* found = std::get_if<T>(&value);
  if (found == nullptr) wrong_type(wanted);
  return *found;
}

void append_break(std::string& out, int depth) {
  out += '\n';
  out.append(2 * static_cast<std::size_t>(depth), ' ');
}

class Dumper {
 public:
  Dumper(std::string& out, JsonLayout layout) : out_(out), pretty_(layout == JsonLayout::pretty) {}

  void dump(const Json& value, int depth) {
    if (value.is_null()) {
      out_ += "null";
    } else if (value.is_bool()) {
      out_ += value.as_bool() ? "true" : "false";
    } else if (value.is_int()) {
      out_ += std::to_string(value.as_int());
    } else if (value.is_double()) {
      append_json_double(out_, value.as_double());
    } else if (value.is_string()) {
      append_json_string(out_, value.as_string());
    } else if (value.is_array()) {
      dump_items(value.as_array(), '[', ']', depth,
                 [&](const Json& item) { dump(item, depth + 1); });
    } else {
      dump_items(value.as_object(), '{', '}', depth, [&](const Json::Member& member) {
        append_json_string(out_, member.first);
        out_ += pretty_ ? ": " : ":";
        dump(member.second, depth + 1);
      });
    }
  }

 private:
  template <typename Items, typename Each>
  void dump_items(const Items& items, char open, char close, int depth, Each each) {
    out_ += open;
    bool first = true;
    for (const auto& item : items) {
      if (!std::exchange(first, false)) out_ += ',';
      if (pretty_) append_break(out_, depth + 1);
      each(item);
    }
    if (pretty_ && !items.empty()) append_break(out_, depth);
    out_ += close;
  }

  std::string& out_;
  bool pretty_;
};

/// Does a byte of the word need another form in JSON? A byte that is below 0x20, or is one of
/// three, borrows from its top bit when as much is taken away; all that is not ASCII has it set.
bool needs_escape(std::uint64_t word) {
  constexpr std::uint64_t each = 0x0101010101010101;
  const auto top_bits = word | (word - each * 0x20) | ((word ^ each * '"') - each) |
                        ((word ^ each * '\\') - each) | ((word ^ each * 0x7f) - each);
  return (top_bits & each * 0x80) != 0;
}

/// Can the text stand in JSON as it is? Nearly all texts can, so it is worth a look in advance.
bool is_plain(std::string_view text) {
  std::uint64_t word = 0x2020202020202020;
  if (text.size() < sizeof word) {
    std::memcpy(&word, text.data(), text.size());
    return !needs_escape(word);
  }
  const auto last = text.size() - sizeof word;
  for (std::size_t at = 0; at < last; at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if (needs_escape(word)) return false;
  }
  std::memcpy(&word, text.data() + last, sizeof word);
  return !needs_escape(word);
}

}  // namespace

Json::Json(std::uint64_t value) {
  if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    value_ = static_cast<std::int64_t>(value);
  } else {
    value_ = static_cast<double>(value);
  }
}

bool Json::as_bool() const {
  return get_as<bool>(value_, "boolean");
}
std::int64_t Json::as_int() const {
  return get_as<std::int64_t>(value_, "integer");
}
double Json::as_double() const {
  if (is_int()) return static_cast<double>(as_int());
  return get_as<double>(value_, "number");
}
const std::string& Json::as_string() const {
  return get_as<std::string>(value_, "string");
}
const Json::Array& Json::as_array() const {
  return get_as<Array>(value_, "array");
}
Json::Array& Json::as_array() {
  return get_as<Array>(value_, "array");
}
const Json::Object& Json::as_object() const {
  return get_as<Object>(value_, "object");
}
Json::Object& Json::as_object() {
  return get_as<Object>(value_, "object");
}

const Json* Json::find(std::string_view key) const {
  if (!is_object()) return nullptr;
  for (const auto& [name, value] : as_object()) {
    if (name == key) return &value;
  }
  return nullptr;
}

Json& Json::operator[](std::string_view key) {
  if (is_null()) value_ = Object{};
  auto& members = as_object();
  for (auto& [name, value] : members) {
    if (name == key) return value;
  }
  return members.emplace_back(std::string(key), Json{}).second;
}

void Json::push(Json value) {
  if (is_null()) value_ = Array{};
  as_array().push_back(std::move(value));
}

bool operator==(const Json& a, const Json& b) {
  if (a.is_double() && b.is_double()) {
    return std::bit_cast<std::uint64_t>(a.as_double()) ==
           std::bit_cast<std::uint64_t>(b.as_double());
  }
  return a.value_ == b.value_;
}

std::string dump_json(const Json& value, JsonLayout layout) {
  std::string out;
  Dumper(out, layout).dump(value, 0);
  return out;
}

void append_json_string(std::string& out, std::string_view text) {
  if (is_plain(text)) {
    // Of these quotation marks the first and the last stay.
    out.append(text.size() + 2, '"');
    std::copy(text.begin(), text.end(), out.end() - 1 - static_cast<std::ptrdiff_t>(text.size()));
    return;
  }
  if (!is_valid_utf8(text)) {
    append_json_string(out, valid_utf8(text));
    return;
  }
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
          out += "\\u00";
          out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
          out += "0123456789abcdef"[c & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void append_json_double(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "\"NaN\"";
  } else if (std::isinf(value)) {
    out += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  } else {
    char digits[32];
    const auto result = std::to_chars(digits, digits + sizeof digits, value);
    const std::string_view text(digits, static_cast<std::size_t>(result.ptr - digits));
    out += text;
    if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
  }
}

}  // namespace clew
