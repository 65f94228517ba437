#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include "base/error.h"
#include "base/text.h"
#include "prov/grammar.h"
#include "prov/graph.h"

namespace clew::prov {
namespace {

/// The XSD type by magnitude: readers take xsd:int for 32 bits and xsd:long for 64.
std::string_view integer_type(std::string_view text) {
  const auto value = parse_int(text);
  if (!value) return "xsd:integer";
  const bool small = *value >= std::numeric_limits<std::int32_t>::min() &&
                     *value <= std::numeric_limits<std::int32_t>::max();
  return small ? "xsd:int" : "xsd:long";
}

std::string_view type_name(const Value& value) {
  switch (value.type) {
    case Value::Type::integer:
      return integer_type(value.text);
    case Value::Type::real:
      return "xsd:double";
    case Value::Type::date_time:
      return "xsd:dateTime";
    case Value::Type::qualified_name:
      return "prov:QUALIFIED_NAME";
    default:
      return {};
  }
}

/// A JSON string. Nearly all texts of a graph are plain ASCII, which needs no second look.
void append_string(std::string& out, std::string_view text) {
  const auto plain = [](char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; };
  if (!std::all_of(text.begin(), text.end(), plain)) {
    append_json_string(out, text);
    return;
  }
  out += '"';
  out += text;
  out += '"';
}

void append_value(std::string& out, const Value& value) {
  if (value.type == Value::Type::string) {
    append_string(out, value.text);
  } else if (value.type == Value::Type::boolean) {
    out += value.text;
  } else {
    out += "{\"$\": ";
    append_string(out, value.text);
    out += ", \"type\": \"";
    out += type_name(value);
    out += "\"}";
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
    append_string(out, *item.formal);
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
    if (i > 0) out += ", ";
    append_string(out, items[i].name);
    out += ": ";
    const bool several = end - i > 1;
    if (several) out += '[';
    for (std::size_t k = i; k < end; ++k) {
      if (k > i) out += ", ";
      append_item(out, items[k]);
    }
    if (several) out += ']';
    i = end;
  }
  out += '}';
}

/// A record whose body stands in the text of all bodies.
struct Row {
  Kind kind = Kind::entity;
  std::string id;
  std::size_t begin = 0;
  std::size_t end = 0;
};

class Writer {
 public:
  explicit Writer(const Document& document) : document_(document) {
    rows_.reserve(document.records.size());
    std::vector<Item> items;
    for (const auto& record : document.records) {
      const auto begin = bodies_.size();
      append_body(bodies_, record, items);
      rows_.push_back({record.kind, record.id, begin, bodies_.size()});
    }
    name_blanks();
    sort_rows();
  }

  std::string text() const {
    // Where the rows of each kind begin, by key; "prefix" is a key among them.
    std::map<std::string_view, std::size_t> parts = {{"prefix", 0}};
    std::size_t size = bodies_.size() + 4096;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      size += rows_[i].id.size() + 10;
      if (i == 0 || rows_[i].kind != rows_[i - 1].kind) parts.emplace(json_key(rows_[i].kind), i);
    }
    std::string out;
    out.reserve(size);
    for (const auto& [key, begin] : parts) {
      out += out.empty() ? "{\n  \"" : ",\n  \"";
      out += key;
      out += "\": {";
      if (key == "prefix")
        append_prefixes(out);
      else
        append_rows(out, begin);
    }
    return out += "\n}\n";
  }

 private:
  [[nodiscard]] std::string_view body(const Row& row) const {
    return std::string_view(bodies_).substr(row.begin, row.end - row.begin);
  }

  /// Numbers the relations without an identifier, in the order of their content. The numbers of a
  /// kind are equally wide, so that their order as text is the same.
  void name_blanks() {
    std::vector<Row*> nameless;
    for (auto& row : rows_) {
      if (row.id.empty()) nameless.push_back(&row);
    }
    std::sort(nameless.begin(), nameless.end(), [this](const Row* a, const Row* b) {
      return std::pair(a->kind, body(*a)) < std::pair(b->kind, body(*b));
    });
    for (std::size_t i = 0; i < nameless.size();) {
      std::size_t end = i + 1;
      while (end < nameless.size() && nameless[end]->kind == nameless[i]->kind)
        ++end;
      const auto width = std::to_string(end - i).size();
      const auto start = grammar_of(nameless[i]->kind).blank;
      if (start.empty()) throw Error(ErrorKind::bug, "an element of a PROV graph has no name");
      std::size_t number = 0;
      for (std::size_t k = i; k < end; ++k) {
        if (k == i || body(*nameless[k]) != body(*nameless[k - 1])) ++number;
        const auto digits = std::to_string(number);
        nameless[k]->id = concat(start, std::string(width - digits.size(), '0'), digits);
      }
      i = end;
    }
  }

  void sort_rows() {
    const auto key = [](const Row& row) { return std::tie(row.kind, row.id); };
    std::sort(rows_.begin(), rows_.end(),
              [&](const Row& a, const Row& b) { return key(a) < key(b); });
    const auto last = std::unique(rows_.begin(), rows_.end(), [&](const Row& a, const Row& b) {
      if (key(a) != key(b)) return false;
      if (body(a) == body(b)) return true;
      throw Error(ErrorKind::bug, concat("two records of a PROV graph have the name '", a.id, "'"));
    });
    rows_.erase(last, rows_.end());
  }

  void append_rows(std::string& out, std::size_t begin) const {
    for (std::size_t i = begin; i < rows_.size() && rows_[i].kind == rows_[begin].kind; ++i) {
      out += i > begin ? ",\n    " : "\n    ";
      append_string(out, rows_[i].id);
      out += ": ";
      out += body(rows_[i]);
    }
    out += "\n  }";
  }

  void append_prefixes(std::string& out) const {
    const std::map<std::string, std::string> sorted(document_.prefixes.begin(),
                                                    document_.prefixes.end());
    bool first = true;
    for (const auto& [prefix, iri] : sorted) {
      out += std::exchange(first, false) ? "\n    " : ",\n    ";
      append_string(out, prefix);
      out += ": ";
      append_string(out, iri);
    }
    out += first ? "}" : "\n  }";
  }

  const Document& document_;
  std::string bodies_;
  std::vector<Row> rows_;
};

}  // namespace

std::string to_prov_json(const Document& document) {
  return Writer(document).text();
}

}  // namespace clew::prov
