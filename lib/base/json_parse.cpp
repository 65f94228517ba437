// The door to nlohmann_json: nothing else includes it.
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

namespace clew {
namespace {

constexpr std::size_t kMaxDepth = 256;  // so that no text can exhaust the stack of a reader

/// Builds a Json from nlohmann's events.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Json result;

  bool null() override { return add(Json()); }
  bool boolean(bool value) override { return add(Json(value)); }
  bool number_integer(number_integer_t value) override {
    return add(Json(static_cast<std::int64_t>(value)));
  }
  bool number_unsigned(number_unsigned_t value) override {
    return add(Json(static_cast<std::uint64_t>(value)));
  }
  bool number_float(number_float_t value, const string_t&) override { return add(Json(value)); }
  bool string(string_t& value) override { return add(Json(std::move(value))); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& value) override {
    frames_.back().key = std::move(value);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    throw Error(ErrorKind::failed, concat("invalid JSON at byte ", position));
  }

 private:
  struct Frame {
    std::string key;
    std::unordered_map<std::string, std::size_t> places;  // of the members of an object
  };

  Json& place(Json value) {
    if (open_.empty()) {
      result = std::move(value);
      return result;
    }
    if (open_.back()->is_array()) {
      auto& items = open_.back()->as_array();
      items.push_back(std::move(value));
      return items.back();
    }
    // Looked up in a hash, so that a large object is not searched for each of its members.
    Frame& frame = frames_.back();
    auto& members = open_.back()->as_object();
    const auto [found, added] = frame.places.emplace(std::move(frame.key), members.size());
    if (added) return members.emplace_back(found->first, std::move(value)).second;
    members[found->second].second = std::move(value);
    return members[found->second].second;
  }
  bool add(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json value) {
    if (open_.size() == kMaxDepth)
      throw Error(ErrorKind::failed, "invalid JSON: nested too deeply");
    Json& placed = place(std::move(value));
    open_.push_back(&placed);
    frames_.emplace_back();
    return true;
  }
  bool close() {
    open_.pop_back();
    frames_.pop_back();
    return true;
  }

  // Pointers stay good: a container grows only while it is the innermost open one.
  std::vector<Json*> open_;
  std::vector<Frame> frames_;
};

}  // namespace

Json parse_json(std::string_view text) {
  Builder builder;
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
    throw Error(ErrorKind::failed, "invalid JSON");
  }
  return std::move(builder.result);
}

}  // namespace clew
