#include "store/file_index.h"

#include <functional>

#include "base/bytes.h"
#include "base/error.h"
#include "store/rows.h"
#include "store/store.h"

namespace clew::store {
namespace {

using Entry = std::function<void(std::string key, FileMention mention)>;

/// All entries of a file: by the content that the run left, by the one that it found, by name.
void each_entry(RunId id, std::uint32_t number, const model::File& file, const Entry& entry) {
  const model::FileState& state = file.state;
  const FileMention as_left{id, state.path, state.role, file.written()};
  if (const auto digest = digest_from_hex(state.sha256)) {
    entry(rows::digest_key(*digest, id, number), as_left);
  }
  if (const auto digest = digest_from_hex(state.before_sha256);
      digest && state.before_sha256 != state.sha256) {
    FileMention as_found = as_left;
    as_found.made = false;
    entry(rows::digest_key(*digest, id, number), as_found);
  }
  entry(rows::name_key(state.path, id), as_left);
}

std::string encode(const FileMention& mention) {
  std::string payload;
  ByteWriter out(payload);
  out.string(mention.path);
  out.byte(static_cast<std::uint8_t>(mention.role));
  out.byte(mention.made ? 1 : 0);
  return payload;
}

FileMention decode(std::string_view key, std::string_view value, RunId id) {
  ByteReader in(rows::unframe(key, value));
  FileMention mention;
  mention.run = id;
  mention.path = std::string(in.string());
  const std::uint8_t role = in.byte();
  if (role > static_cast<std::uint8_t>(model::Role::temporary)) {
    throw rows::damaged(key, "its role is unknown");
  }
  mention.role = static_cast<model::Role>(role);
  mention.made = in.byte() != 0;
  return mention;
}

}  // namespace

void write_file_index(BatchWriter& batch, RunId id, std::uint32_t number, const model::File& file) {
  each_entry(id, number, file, [&](std::string key, const FileMention& mention) {
    std::string value = rows::frame(key, encode(mention));
    batch.put(std::move(key), std::move(value));
  });
}

void erase_file_index(BatchWriter& batch, RunId id, std::uint32_t number, const model::File& file) {
  each_entry(id, number, file,
             [&](std::string key, const FileMention&) { batch.erase(std::move(key)); });
}

std::vector<FileMention> Reader::with_digest(const Digest& digest) const {
  std::vector<FileMention> found;
  const std::string prefix = rows::digest_prefix(digest);
  database_.scan(prefix, prefix, [&](std::string_view key, std::string_view value) {
    const RunId id = rows::run_of_digest_key(key);
    if (rows::find_header_key(database_, id)) found.push_back(decode(key, value, id));
    return true;
  });
  return found;
}

std::vector<FileMention> Reader::with_path(std::string_view path) const {
  std::vector<FileMention> found;
  std::string prefix(rows::kNamePrefix);
  prefix += path;
  if (!path.ends_with('/')) prefix.push_back('\0');
  database_.scan(prefix, prefix, [&](std::string_view key, std::string_view value) {
    const RunId id = rows::parse_name_key(key).second;
    if (rows::find_header_key(database_, id)) found.push_back(decode(key, value, id));
    return true;
  });
  return found;
}

}  // namespace clew::store
