#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/text.h"
#include "model/files.h"
#include "model/run.h"

// The pieces that header rows and events share. Internal to the encoding.

namespace clew::model::encoding {

template <typename T, typename Write>
void write_optional(ByteWriter& out, const std::optional<T>& value, Write write) {
  out.byte(value ? 1 : 0);
  if (value) write(*value);
}

template <typename Read>
auto read_optional(ByteReader& in, Read read) {
  using T = decltype(read());
  return in.byte() == 0 ? std::optional<T>() : std::optional<T>(read());
}

template <typename List, typename Write>
void write_list(ByteWriter& out, const List& items, Write write) {
  out.varint(items.size());
  for (const auto& item : items)
    write(item);
}

template <typename Read>
auto read_list(ByteReader& in, Read read) {
  using T = decltype(read());
  std::vector<T> items;
  const std::size_t count = in.count();
  items.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    items.push_back(read());
  return items;
}

inline std::string text(ByteReader& in) {
  return std::string(in.string());
}

/// A stored number of an enum, refused when it is above the last one known.
template <typename Enum>
Enum read_enum(ByteReader& in, Enum last) {
  const std::uint8_t value = in.byte();
  if (value > static_cast<std::uint8_t>(last)) {
    throw Error(ErrorKind::damaged, concat("unknown code ", value, " in stored data"));
  }
  return static_cast<Enum>(value);
}

void write_strings(ByteWriter& out, const std::vector<std::string>& items);
[[nodiscard]] std::vector<std::string> read_strings(ByteReader& in);
/// Throws Error(damaged) for a version of header rows that this program does not know.
void expect_run_version(std::uint8_t version);
void write_small(ByteWriter& out, const std::optional<int>& value);
[[nodiscard]] std::optional<int> read_small(ByteReader& in);
void write_step(ByteWriter& out, const std::optional<std::int64_t>& step);
[[nodiscard]] std::optional<std::int64_t> read_step(ByteReader& in);
void write_param(ByteWriter& out, const Parameter& param);
[[nodiscard]] Parameter read_param(ByteReader& in);
void write_note(ByteWriter& out, const Note& note);
[[nodiscard]] Note read_note(ByteReader& in);
void write_code(ByteWriter& out, const Code& code);
[[nodiscard]] Code read_code(ByteReader& in);
void write_process(ByteWriter& out, const Process& process);
[[nodiscard]] Process read_process(ByteReader& in);
/// A use without its path.
void write_use(ByteWriter& out, const FileUse& use);
[[nodiscard]] FileUse read_use(ByteReader& in);
void write_state(ByteWriter& out, const FileState& state);
[[nodiscard]] FileState read_state(ByteReader& in);
void write_capture(ByteWriter& out, const Capture& capture);
[[nodiscard]] Capture read_capture(ByteReader& in);
void write_firing(ByteWriter& out, const Firing& firing);
[[nodiscard]] Firing read_firing(ByteReader& in);

}  // namespace clew::model::encoding
