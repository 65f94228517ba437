#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/json.h"
#include "model/run.h"

// Reading a header row in place. A listing of 100,000 runs looks at a few values of each: decoding
// whole runs costs some 10 µs each, most of it for strings that nobody asks for; walking over the
// bytes costs a tenth of it.

namespace clew::model {

/// An encoded JSON value: a view into a row. Damage that its bytes hold is found when it is
/// decoded.
class JsonView {
 public:
  enum class Type : std::uint8_t { null, no, yes, integer, real, string, list, map };
  /// Takes the next value of a row. Throws Error(damaged).
  explicit JsonView(ByteReader& in);

  [[nodiscard]] Type type() const { return type_; }
  // The content, for the type that the name says only.
  [[nodiscard]] std::int64_t integer() const { return integer_; }
  [[nodiscard]] double real() const { return real_; }
  [[nodiscard]] std::string_view string() const { return bytes_; }
  /// The value as such, whatever its type.
  [[nodiscard]] Json decode() const;

 private:
  Type type_ = Type::null;
  std::int64_t integer_ = 0;
  double real_ = 0;
  std::string_view bytes_;  // of a list or map: the whole encoding
};

/// A run as stored, read as far as it is asked for. Views point into the bytes given, which must
/// outlive it. What is behind another part is reached over that part, so ask in the order of the
/// functions below; each may be called once. All throw Error(damaged). Not thread-safe.
class RunView {
 public:
  explicit RunView(std::string_view row);

  RunId id;
  std::string_view name;
  State state = State::running;
  std::optional<int> exit_code;
  std::optional<int> signal;
  std::optional<RunId> parent;
  std::optional<RunId> rerun_of;
  std::string_view group;
  std::string_view cwd;
  std::string_view user;
  std::string_view host;
  Time started = 0;
  std::optional<Time> ended;
  /// All of the row, to decode what has no view.
  std::string_view row;

  /// The command line.
  [[nodiscard]] std::vector<std::string> argv() const;

  /// Calls visit(name, JsonView, Source) with each parameter, sorted by name.
  template <typename Visit>
  void params(Visit visit) {
    const std::size_t count = rest_.count();
    for (std::size_t i = 0; i < count; ++i) {
      const std::string_view param = rest_.string();
      const JsonView value(rest_);
      const auto source = static_cast<Source>(rest_.byte());
      visit(param, value, source);
      skip_rest_of_param();
    }
    params_read_ = true;
  }
  /// Calls visit(name, reader) with each metric, sorted by name. The reader stands behind the
  /// name; decode_summary() (encoding.h) reads on from it.
  template <typename Visit>
  void metrics(Visit visit) {
    if (!params_read_) params([](std::string_view, const JsonView&, Source) {});
    const std::size_t count = rest_.count();
    for (std::size_t i = 0; i < count; ++i) {
      const std::string_view metric = rest_.string();
      ByteReader summary = rest_;
      skip_summary();
      visit(metric, summary);
    }
    metrics_read_ = true;
  }
  /// The tags, each followed by a byte 0, appended to `out`.
  void tags(std::string& out);
  /// What identifies the code; the views of `unstored` are not read.
  struct CodeView {
    std::string_view commit, tree, base, branch;
    bool dirty = false;
  };
  /// Call it after tags().
  [[nodiscard]] CodeView code();

 private:
  void skip_rest_of_param();
  void skip_summary();

  ByteReader rest_;
  std::string_view argv_;
  bool params_read_ = false;
  bool metrics_read_ = false;
};

}  // namespace clew::model
