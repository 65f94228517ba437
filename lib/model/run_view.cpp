#include "model/run_view.h"

#include "model/encoding.h"
#include "model/encoding_fields.h"

namespace clew::model {
namespace {

// The depth is bounded so that damaged bytes cannot exhaust the stack.
void skip_json(ByteReader& in, int depth = 0) {
  if (depth > 300) throw Error(ErrorKind::damaged, "stored value is nested too deeply");
  switch (in.byte()) {
    case 0:
    case 1:
    case 2:
      break;
    case 3:
      in.varint();
      break;
    case 4:
      in.fixed64();
      break;
    case 5:
      in.string();
      break;
    case 6:
      for (std::size_t left = in.count(); left > 0; --left)
        skip_json(in, depth + 1);
      break;
    case 7:
      for (std::size_t left = in.count(); left > 0; --left) {
        in.string();
        skip_json(in, depth + 1);
      }
      break;
    default:
      throw Error(ErrorKind::damaged, "unknown type of a stored value");
  }
}

/// The bytes that `read` moves over.
template <typename Read>
std::string_view passed(ByteReader& in, Read read) {
  ByteReader begin = in;
  read();
  return begin.raw(begin.remaining() - in.remaining());
}

}  // namespace

JsonView::JsonView(ByteReader& in) {
  ByteReader begin = in;
  type_ = static_cast<Type>(in.byte());
  switch (type_) {
    case Type::null:
    case Type::no:
    case Type::yes:
      break;
    case Type::integer:
      integer_ = in.zigzag();
      break;
    case Type::real:
      real_ = in.real();
      break;
    case Type::string:
      bytes_ = in.string();
      break;
    default:
      in = begin;
      bytes_ = passed(in, [&] { skip_json(in); });
  }
}

Json JsonView::decode() const {
  switch (type_) {
    case Type::null:
      return {};
    case Type::no:
      return false;
    case Type::yes:
      return true;
    case Type::integer:
      return integer_;
    case Type::real:
      return real_;
    case Type::string:
      return bytes_;
    default:
      break;
  }
  ByteReader in(bytes_);
  return decode_json(in);
}

RunView::RunView(std::string_view bytes) : row(bytes), rest_(bytes) {
  encoding::expect_run_version(rest_.byte());
  id = {rest_.fixed64()};
  name = rest_.string();
  state = encoding::read_enum(rest_, State::interrupted);
  exit_code = encoding::read_small(rest_);
  signal = encoding::read_small(rest_);
  parent = encoding::read_optional(rest_, [&] { return RunId{rest_.fixed64()}; });
  rerun_of = encoding::read_optional(rest_, [&] { return RunId{rest_.fixed64()}; });
  group = rest_.string();
  argv_ = passed(rest_, [&] {
    for (std::size_t left = rest_.count(); left > 0; --left)
      rest_.string();
  });
  cwd = rest_.string();
  user = rest_.string();
  host = rest_.string();
  started = rest_.zigzag();
  ended = encoding::read_optional(rest_, [&] { return rest_.zigzag(); });
}

std::vector<std::string> RunView::argv() const {
  ByteReader in(argv_);
  return encoding::read_list(in, [&] { return encoding::text(in); });
}

void RunView::skip_rest_of_param() {
  rest_.string();
  for (std::size_t left = rest_.count(); left > 0; --left) {
    skip_json(rest_);
    rest_.byte();
    rest_.string();
  }
}

void RunView::skip_summary() {
  constexpr std::size_t kReals = 5;
  rest_.byte();
  rest_.varint();
  rest_.raw(kReals * sizeof(double));
  rest_.varint();
  rest_.varint();
  rest_.varint();
  if (rest_.byte() != 0) rest_.varint();
  rest_.varint();
}

void RunView::tags(std::string& out) {
  if (!metrics_read_) metrics([](std::string_view, ByteReader&) {});
  for (std::size_t left = rest_.count(); left > 0; --left) {
    out += rest_.string();
    out += '\0';
  }
}

RunView::CodeView RunView::code() {
  for (std::size_t left = rest_.count(); left > 0; --left) {
    rest_.varint();
    rest_.string();
  }
  CodeView code;
  for (auto* field : {&code.commit, &code.tree, &code.base, &code.branch})
    *field = rest_.string();
  code.dirty = rest_.byte() != 0;
  return code;
}

}  // namespace clew::model
