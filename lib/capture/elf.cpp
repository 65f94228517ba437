#include "capture/elf.h"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "base/text.h"

namespace clew::capture {
namespace {

constexpr std::size_t kMaxSegments = 256;
constexpr std::size_t kMaxDynamic = 4096;
constexpr std::size_t kMaxName = 256;

template <typename Value>
bool read_at(int fd, std::uint64_t offset, Value& value) {
  return pread(fd, &value, sizeof value, static_cast<off_t>(offset)) ==
         static_cast<ssize_t>(sizeof value);
}

/// A string that ends with NUL; empty when there is none.
std::string text_at(int fd, std::uint64_t offset) {
  std::array<char, kMaxName> bytes{};
  const ssize_t got = pread(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
  if (got <= 0) return {};
  const std::string_view text(bytes.data(), static_cast<std::size_t>(got));
  const std::size_t end = text.find('\0');
  return end == std::string_view::npos ? std::string() : std::string(text.substr(0, end));
}

/// Where the bytes of a virtual address are in the file.
std::optional<std::uint64_t> place_of(const std::vector<Elf64_Phdr>& segments,
                                      std::uint64_t address) {
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
        address - segment.p_vaddr < segment.p_filesz) {
      return segment.p_offset + (address - segment.p_vaddr);
    }
  }
  return std::nullopt;
}

std::vector<std::string> needed_of(int fd, const std::vector<Elf64_Phdr>& segments,
                                   const Elf64_Phdr& dynamic) {
  std::vector<std::uint64_t> names;
  std::optional<std::uint64_t> strings;
  const std::size_t count =
      std::min<std::uint64_t>(dynamic.p_filesz / sizeof(Elf64_Dyn), kMaxDynamic);
  for (std::size_t i = 0; i < count; ++i) {
    Elf64_Dyn entry{};
    if (!read_at(fd, dynamic.p_offset + i * sizeof entry, entry) || entry.d_tag == DT_NULL) break;
    if (entry.d_tag == DT_NEEDED) names.push_back(entry.d_un.d_val);
    if (entry.d_tag == DT_STRTAB) strings = place_of(segments, entry.d_un.d_ptr);
  }
  std::vector<std::string> needed;
  if (!strings) return needed;
  needed.reserve(names.size());
  for (const std::uint64_t name : names)
    needed.push_back(text_at(fd, *strings + name));
  return needed;
}

}  // namespace

std::optional<ElfFacts> read_elf(const fs::path& file) {
  const Fd fd(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  Elf64_Ehdr header{};
  if (!fd || !read_at(fd.get(), 0, header)) return std::nullopt;
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return std::nullopt;
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB) {
    return ElfFacts{.native = false, .interpreter = {}, .needed = {}};
  }
  std::vector<Elf64_Phdr> segments(std::min<std::size_t>(header.e_phnum, kMaxSegments));
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (!read_at(fd.get(), header.e_phoff + i * header.e_phentsize, segments[i])) {
      return std::nullopt;
    }
  }
  ElfFacts facts;
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type == PT_INTERP) facts.interpreter = text_at(fd.get(), segment.p_offset);
    if (segment.p_type == PT_DYNAMIC) facts.needed = needed_of(fd.get(), segments, segment);
  }
  return facts;
}

fs::path program_of(const fs::path& file) {
  const Fd fd(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, kMaxName> bytes{};
  const ssize_t got = fd ? read(fd.get(), bytes.data(), bytes.size()) : -1;
  if (got < 2 || bytes[0] != '#' || bytes[1] != '!') return file;
  std::string_view line(bytes.data() + 2, static_cast<std::size_t>(got) - 2);
  line = trim(line.substr(0, line.find('\n')));
  return line.substr(0, line.find_first_of(" \t"));
}

}  // namespace clew::capture
