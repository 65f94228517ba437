#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <utility>

#include "base/error.h"
#include "base/json.h"
#include "base/sort.h"
#include "base/text.h"
#include "prov/grammar.h"
#include "prov/graph.h"

namespace clew::prov {
namespace {

// What is appended all the time has a length that need not be counted each time.
using std::string_view_literals::operator""sv;

void append_value(std::string& out, const Value& value) {
  if (value.type == Value::Type::string) {
    append_json_string(out, value.text);
  } else if (value.type == Value::Type::boolean) {
    out += value.text;
  } else {
    const bool language = value.type == Value::Type::language;
    out += "{\"$\": "sv;
    append_json_string(out, value.text);
    out += language ? ", \"lang\": "sv : ", \"type\": "sv;
    if (value.type == Value::Type::qualified_name)
      out += "\"prov:QUALIFIED_NAME\""sv;
    else
      append_json_string(out, language ? value.qualifier : datatype_of(value));
    out += '}';
  }
}

/// An attribute on its way to the text. Formal ones have no value but a plain string.
struct Item {
  std::string_view name;
  const std::string* formal = nullptr;
  const Value* value = nullptr;
};

void append_item(std::string& out, const Item& item) {
  if (item.formal != nullptr) {
    append_json_string(out, *item.formal);
  } else {
    append_value(out, *item.value);
  }
}

bool before(const Item& a, const Item& b) {
  if (a.name != b.name) return a.name < b.name;
  if (a.value == nullptr || b.value == nullptr) return a.value == nullptr && b.value != nullptr;
  return *a.value < *b.value;
}

bool same(const Item& a, const Item& b) {
  return a.name == b.name && a.value != nullptr && b.value != nullptr && *a.value == *b.value;
}

/// Appends a record's attributes as one JSON object. `items` is scratch space.
void append_body(std::string& out, const Record& record, std::vector<Item>& items) {
  items.clear();
  for (const auto& [name, text] : record.formal)
    items.push_back({name, &text, nullptr});
  for (const auto& [name, value] : record.attributes)
    items.push_back({name, nullptr, &value});
  std::sort(items.begin(), items.end(), before);
  items.erase(std::unique(items.begin(), items.end(), same), items.end());

  out += '{';
  for (std::size_t i = 0; i < items.size();) {
    std::size_t end = i + 1;
    while (end < items.size() && items[end].name == items[i].name)
      ++end;
    if (i > 0) out += ", "sv;
    append_json_string(out, items[i].name);
    out += ": "sv;
    const bool several = end - i > 1;
    if (several) out += '[';
    for (std::size_t k = i; k < end; ++k) {
      if (k > i) out += ", "sv;
      append_item(out, items[k]);
    }
    if (several) out += ']';
    i = end;
  }
  out += '}';
}

/// A record under the name that it has in the document. The body of one that has no name of its own
/// was needed to find one, and stands in the text of such bodies.
struct Row {
  const Record* record = nullptr;
  std::string_view id;
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Writes the records of a document or of one bundle.
class Writer {
 public:
  explicit Writer(const std::vector<Record>& records) {
    for (const auto& record : records)
      rows_.at(static_cast<std::size_t>(record.kind)).push_back({&record, record.id});
    for (auto& rows : rows_) {
      name_blanks(rows);
      sort_rows(rows);
    }
  }

  /// Appends the members of the object: `extra` is one more, with its text. Lines begin with
  /// `indent`.
  void append(std::string& out, std::string_view indent,
              const std::map<std::string_view, std::string>& extra) {
    std::map<std::string_view, const Rows*> parts;
    std::size_t count = 0;
    for (const auto& kind : grammar()) {
      const auto& rows = rows_.at(static_cast<std::size_t>(kind.kind));
      if (!rows.empty()) parts.emplace(kind.key, &rows);
      count += rows.size();
    }
    out.reserve(out.size() + count * usual_size);
    for (const auto& [key, text] : extra)
      parts.emplace(key, nullptr);
    bool first = true;
    for (const auto& [key, rows] : parts) {
      out += concat(std::exchange(first, false) ? "\n" : ",\n", indent, '"', key, "\": ");
      if (rows != nullptr)
        append_rows(out, *rows, indent);
      else
        out += extra.at(key);
    }
  }

 private:
  using Rows = std::vector<Row>;
  /// Bytes of a record with its name, so many that few texts outgrow what was reserved for them.
  static constexpr std::size_t usual_size = 512;

  [[nodiscard]] std::string_view blank_body(const Row& row) const {
    return std::string_view(bodies_).substr(row.begin, row.end - row.begin);
  }

  void append_row(std::string& out, const Row& row) {
    if (row.end > row.begin)
      out += blank_body(row);
    else
      append_body(out, *row.record, items_);
  }

  /// Numbers the relations of one kind that have no identifier, in the order of their content. The
  /// numbers are equally wide, so that their order as text is the same.
  void name_blanks(Rows& rows) {
    const auto named = [](const Row& row) { return !row.id.empty(); };
    const auto begin = std::stable_partition(rows.begin(), rows.end(), named);
    if (begin == rows.end()) return;
    const auto start = grammar_of(begin->record->kind).blank;
    if (start.empty()) throw Error(ErrorKind::bug, "an element of a PROV graph has no name");
    const auto count = static_cast<std::size_t>(rows.end() - begin);
    bodies_.reserve(bodies_.size() + count * usual_size);
    for (auto row = begin; row != rows.end(); ++row) {
      row->begin = bodies_.size();
      append_body(bodies_, *row->record, items_);
      row->end = bodies_.size();
    }
    sort_stretches(begin, rows.end(),
                   [this](const Row& a, const Row& b) { return blank_body(a) < blank_body(b); });
    const auto width = std::to_string(count).size();
    std::size_t number = 0;
    for (auto row = begin; row != rows.end(); ++row) {
      if (row == begin || blank_body(*row) != blank_body(row[-1])) ++number;
      const auto digits = std::to_string(number);
      row->id =
          blanks_.emplace_back(concat(start, std::string(width - digits.size(), '0'), digits));
    }
  }

  /// Sorts the rows of one kind by their names; of equal ones one stays.
  void sort_rows(Rows& rows) {
    sort_stretches(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.id < b.id; });
    const auto last = std::unique(rows.begin(), rows.end(), [this](const Row& a, const Row& b) {
      if (a.id != b.id) return false;
      std::string one;
      std::string other;
      append_row(one, a);
      append_row(other, b);
      if (one == other) return true;
      throw Error(ErrorKind::bug, concat("two records of a PROV graph have the name '", a.id, "'"));
    });
    rows.erase(last, rows.end());
  }

  void append_rows(std::string& out, const Rows& rows, std::string_view indent) {
    out += '{';
    bool first = true;
    for (const auto& row : rows) {
      out += std::exchange(first, false) ? "\n"sv : ",\n"sv;
      out += indent;
      out += "  "sv;
      append_json_string(out, row.id);
      out += ": "sv;
      append_row(out, row);
    }
    out += concat('\n', indent, '}');
  }

  std::array<Rows, kind_count> rows_;  // by kind
  std::string bodies_;                 // of the relations without an identifier
  std::deque<std::string> blanks_;     // identifiers that were given here
  std::vector<Item> items_;            // scratch space
};

std::string prefixes_text(const Prefixes& prefixes, std::string_view indent) {
  const std::map<std::string, std::string> sorted(prefixes.begin(), prefixes.end());
  std::string out = "{";
  bool first = true;
  for (const auto& [prefix, iri] : sorted) {
    out += concat(std::exchange(first, false) ? "\n" : ",\n", indent, "  ");
    append_json_string(out, prefix);
    out += ": "sv;
    append_json_string(out, iri);
  }
  return out += first ? "}" : concat('\n', indent, '}');
}

std::string bundles_text(const std::vector<Bundle>& bundles) {
  std::map<std::string_view, const Bundle*> sorted;
  for (const auto& bundle : bundles) {
    if (!sorted.emplace(bundle.id, &bundle).second) {
      throw Error(ErrorKind::bug, concat("two bundles have the name '", bundle.id, "'"));
    }
  }
  std::string out = "{";
  bool first = true;
  for (const auto& [id, bundle] : sorted) {
    out += std::exchange(first, false) ? "\n    " : ",\n    ";
    append_json_string(out, id);
    out += ": {";
    const auto begin = out.size();
    std::map<std::string_view, std::string> extra;
    if (!bundle->prefixes.empty()) {
      extra.emplace("prefix", prefixes_text(bundle->prefixes, "      "));
    }
    Writer(bundle->records).append(out, "      ", extra);
    out += out.size() == begin ? "}" : "\n    }";
  }
  return out += "\n  }";
}

}  // namespace

std::string to_prov_json(const Document& document) {
  std::map<std::string_view, std::string> extra = {
      {"prefix", prefixes_text(document.prefixes, "  ")}};
  if (!document.bundles.empty()) extra.emplace("bundle", bundles_text(document.bundles));
  std::string out = "{";
  Writer(document.records).append(out, "  ", extra);
  return out += "\n}\n";
}

}  // namespace clew::prov
