#include "store/file_index.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/error.h"
#include "base/text.h"
#include "store/rows.h"

namespace clew::store {
namespace {

using Entry = std::function<void(std::string key, const FileMention& mention)>;

/// All entries of the `number`th file of a run. The start is not stored in them.
void each_entry(RunId id, std::uint32_t number, const model::File& file, const Entry& entry) {
  each_mention(id, 0, file, [&](const std::optional<Digest>& digest, const FileMention& mention) {
    entry(digest ? rows::digest_key(*digest, mention.made, id, number)
                 : rows::name_key(mention.path, id),
          mention);
  });
}

std::string encode(const FileMention& mention) {
  std::string payload;
  ByteWriter out(payload);
  out.string(mention.path);
  out.byte(static_cast<std::uint8_t>(mention.role));
  out.byte(mention.made ? 1 : 0);
  out.byte(mention.modes);
  return payload;
}

FileMention decode(std::string_view key, std::string_view value) {
  ByteReader in(rows::unframe(key, value));
  FileMention mention;
  mention.path = std::string(in.string());
  const std::uint8_t role = in.byte();
  if (role > static_cast<std::uint8_t>(model::Role::temporary)) {
    throw rows::damaged(key, "its role is unknown");
  }
  mention.role = static_cast<model::Role>(role);
  mention.made = in.byte() != 0;
  mention.modes = in.byte();
  return mention;
}

}  // namespace

void each_mention(
    RunId id, Time started, const model::File& file,
    const std::function<void(const std::optional<Digest>&, const FileMention&)>& visit) {
  constexpr model::FileModes kMaking = model::kWritten | model::kCreated | model::kRenamed;
  const model::FileState& state = file.state;
  const model::FileModes modes = file.modes();
  const bool made = (modes & kMaking) != 0;
  const FileMention as_left{id, state.path, state.role, made, modes, started};
  if (const auto digest = digest_from_hex(state.sha256)) visit(digest, as_left);
  if (const auto digest = digest_from_hex(state.before_sha256);
      digest && state.before_sha256 != state.sha256) {
    FileMention as_found = as_left;
    as_found.made = false;
    visit(digest, as_found);
  }
  visit(std::nullopt, as_left);
}

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

bool lacks_index_entry(const KeyValue& database, RunId id, std::uint32_t number,
                       const model::File& file) {
  bool lacks = false;
  each_entry(id, number, file, [&](const std::string& key, const FileMention&) {
    lacks = lacks || !database.get(key);
  });
  return lacks;
}

/// The entries under a prefix, without those of runs that are not here.
std::vector<FileMention> Reader::mentions(const std::string& prefix,
                                          RunId (*run_of)(std::string_view key)) const {
  std::vector<FileMention> found;
  database_.scan(prefix, prefix, [&](std::string_view key, std::string_view value) {
    const RunId id = run_of(key);
    if (const auto started = start_of(id)) {
      found.push_back(decode(key, value));
      found.back().run = id;
      found.back().started = *started;
    }
    return true;
  });
  return found;
}

std::vector<FileMention> Reader::with_digest(const Digest& digest) const {
  return mentions(rows::digest_prefix(digest), rows::run_of_digest_key);
}

std::vector<FileMention> Reader::makers_of(const Digest& digest) const {
  return mentions(rows::digest_prefix(digest, true), rows::run_of_digest_key);
}

std::vector<FileMention> Reader::with_path(std::string_view path) const {
  std::string prefix(rows::kNamePrefix);
  prefix += path;
  if (!path.ends_with('/')) prefix.push_back('\0');
  return mentions(prefix, [](std::string_view key) { return rows::parse_name_key(key).second; });
}

std::vector<Digest> Reader::digests_with_prefix(std::string_view hex, std::size_t limit) const {
  std::vector<Digest> found;
  const auto first =
      digest_from_hex(to_lower(hex).append(64 - std::min<std::size_t>(64, hex.size()), '0'));
  if (!first) return found;
  std::string from = rows::digest_prefix(*first);
  // From each digest to the one after it, since one may have any number of entries.
  while (found.size() < limit) {
    std::optional<Digest> next;
    database_.scan(rows::kDigestPrefix, from, [&](std::string_view key, std::string_view) {
      next = rows::digest_of_key(key);
      return false;
    });
    if (!next || !to_hex(*next).starts_with(to_lower(hex))) break;
    found.push_back(*next);
    from = rows::digest_prefix(*next) + '\xff';
  }
  return found;
}

}  // namespace clew::store
