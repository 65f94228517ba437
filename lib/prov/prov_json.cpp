#include <algorithm>
#include <deque>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "prov/grammar.h"
#include "prov/graph.h"

namespace clew::prov {
namespace {

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
    const bool language = value.type == Value::Type::language;
    out += "{\"$\": ";
    append_string(out, value.text);
    out += language ? ", \"lang\": " : ", \"type\": ";
    if (value.type == Value::Type::qualified_name)
      out += "\"prov:QUALIFIED_NAME\"";
    else
      append_string(out, language ? value.qualifier : datatype_of(value));
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
  std::string_view id;
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Writes the records of a document or of one bundle.
class Writer {
 public:
  explicit Writer(const std::vector<Record>& records) {
    constexpr std::size_t usual = 240;  // bytes of a body
    rows_.reserve(records.size());
    bodies_.reserve(records.size() * usual);
    std::vector<Item> items;
    for (const auto& record : records) {
      const auto begin = bodies_.size();
      append_body(bodies_, record, items);
      rows_.push_back({record.kind, record.id, begin, bodies_.size()});
    }
    name_blanks();
    sort_rows();
  }

  /// Appends the members of the object: `extra` is one more, with its text. Lines begin with
  /// `indent`.
  void append(std::string& out, std::string_view indent,
              const std::map<std::string_view, std::string>& extra) const {
    // Where the rows of each kind begin, by key.
    std::map<std::string_view, std::size_t> parts;
    std::size_t size = bodies_.size() + 4096;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      size += rows_[i].id.size() + 10 + indent.size();
      if (i == 0 || rows_[i].kind != rows_[i - 1].kind) parts.emplace(json_key(rows_[i].kind), i);
    }
    for (const auto& [key, text] : extra) {
      size += text.size();
      parts.emplace(key, rows_.size());
    }
    out.reserve(out.size() + size);
    bool first = true;
    for (const auto& [key, begin] : parts) {
      out += concat(std::exchange(first, false) ? "\n" : ",\n", indent, '"', key, "\": ");
      if (begin < rows_.size())
        append_rows(out, begin, indent);
      else
        out += extra.at(key);
    }
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
        nameless[k]->id =
            blanks_.emplace_back(concat(start, std::string(width - digits.size(), '0'), digits));
      }
      i = end;
    }
  }

  void sort_rows() {
    std::sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
      return a.kind != b.kind ? a.kind < b.kind : a.id < b.id;
    });
    const auto last = std::unique(rows_.begin(), rows_.end(), [&](const Row& a, const Row& b) {
      if (a.kind != b.kind || a.id != b.id) return false;
      if (body(a) == body(b)) return true;
      throw Error(ErrorKind::bug, concat("two records of a PROV graph have the name '", a.id, "'"));
    });
    rows_.erase(last, rows_.end());
  }

  void append_rows(std::string& out, std::size_t begin, std::string_view indent) const {
    out += '{';
    for (std::size_t i = begin; i < rows_.size() && rows_[i].kind == rows_[begin].kind; ++i) {
      out += i > begin ? ",\n" : "\n";
      out += indent;
      out += "  ";
      append_string(out, rows_[i].id);
      out += ": ";
      out += body(rows_[i]);
    }
    out += concat('\n', indent, '}');
  }

  std::string bodies_;
  std::deque<std::string> blanks_;  // identifiers that were given here
  std::vector<Row> rows_;
};

std::string prefixes_text(const Prefixes& prefixes, std::string_view indent) {
  const std::map<std::string, std::string> sorted(prefixes.begin(), prefixes.end());
  std::string out = "{";
  bool first = true;
  for (const auto& [prefix, iri] : sorted) {
    out += concat(std::exchange(first, false) ? "\n" : ",\n", indent, "  ");
    append_string(out, prefix);
    out += ": ";
    append_string(out, iri);
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
    append_string(out, id);
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
