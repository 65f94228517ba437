#include "capture/secrets.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <vector>

#include "base/text.h"
#include "capture/launchers.h"
#include "capture/parameters.h"

namespace clew::capture {
namespace {

using Texts = std::vector<std::string>;

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// A name with one of these words is that of a secret.
constexpr std::array<std::string_view, 24> kSecretWords{
    "password",    "passwd",     "passphrase", "secret",    "secrets",       "credential",
    "credentials", "apikey",     "apikeys",    "accesskey", "secretkey",     "privatekey",
    "authkey",     "accountkey", "apitoken",   "authtoken", "accesstoken",   "refreshtoken",
    "jwt",         "bearer",     "cookie",     "cookies",   "authorization", "userpass"};
// So is one with one of these before "key" or "keys".
constexpr std::array<std::string_view, 15> kBeforeKey{
    "api",    "access",  "secret",     "private", "auth",    "account", "encryption",  "signing",
    "master", "license", "deployment", "ssh",     "service", "shared",  "subscription"};
// And one that ends in "pass" or "pwd" after one of these.
constexpr std::array<std::string_view, 14> kBeforePass{"db",    "user",  "smtp",  "mysql",   "pg",
                                                       "redis", "mongo", "ftp",   "admin",   "root",
                                                       "proxy", "http",  "email", "database"};
// "token" at the end tells of a secret but after one of these, which speak of a tokenizer's.
constexpr std::array<std::string_view, 38> kBeforeToken{
    "pad",     "eos",     "bos",         "unk",         "sep",     "cls",      "mask",
    "special", "start",   "stop",        "end",         "begin",   "image",    "audio",
    "video",   "per",     "max",         "min",         "num",     "n",        "new",
    "next",    "first",   "last",        "source",      "target",  "prompt",   "decoder",
    "text",    "class",   "placeholder", "initializer", "trigger", "modifier", "newline",
    "forced",  "context", "separator"};
// What ends so is about a secret, not one.
constexpr std::array<std::string_view, 8> kHarmlessEnds{"file", "path",   "dir",  "length",
                                                        "len",  "policy", "size", "count"};

bool is_upper(char c) {
  return std::isupper(static_cast<unsigned char>(c)) != 0;
}
bool is_lower(char c) {
  return std::islower(static_cast<unsigned char>(c)) != 0;
}
bool is_alnum(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

/// The words of a name in lower case: "HF_TOKEN", "api-key", "accessKey" and "APIKey" are two each.
Texts words_of(std::string_view name) {
  Texts words(1);
  for (std::size_t at = 0; at < name.size(); ++at) {
    const char c = name[at];
    const char next = at + 1 < name.size() ? name[at + 1] : '\0';
    const bool inner = at > 0 && is_upper(c) && is_alnum(name[at - 1]) &&
                       (!is_upper(name[at - 1]) || is_lower(next));
    if ((!is_alnum(c) || inner) && !words.back().empty()) words.emplace_back();
    if (is_alnum(c)) words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

bool is_name_char(char c) {
  return is_alnum(c) || c == '_' || c == '-' || c == '.';
}

/// The name that ends right before `end`, as in {"api_key":. Components of a path are none.
std::string_view name_before(std::string_view text, std::size_t end) {
  if (end > 0 && (text[end - 1] == '"' || text[end - 1] == '\'')) --end;
  std::size_t start = end;
  while (start > 0 && is_name_char(text[start - 1])) {
    --start;
  }
  if (start > 0 && (text[start - 1] == '/' || text[start - 1] == '\\')) return {};
  const std::string_view name = text.substr(start, end - start);
  // A definition for java or a compiler: "-Dapi.key=X".
  return name.starts_with("-D") ? name.substr(2) : name;
}

/// Does a value tell nothing, whatever its name?
bool is_harmless(std::string_view value) {
  const std::string lower = to_lower(value);
  return lower.empty() || lower == "true" || lower == "false" || lower == "null" || lower == "none";
}

bool is_blank(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}
bool has_space(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_blank);
}

/// How much of "user:password@host/path" is user information, the '@' not counted; nullopt when
/// there is none. A password may hold a '/' that should have been escaped: then what stands after
/// the ':' is no port, and the next '@' ends it.
std::optional<std::size_t> user_information(std::string_view text) {
  constexpr std::size_t kLongest = 1024;
  const std::string_view authority = text.substr(0, text.find_first_of("/?# \t\r\n\"'<>"));
  const std::size_t at_sign = authority.rfind('@');
  if (at_sign != std::string_view::npos) return at_sign;
  const std::size_t colon = authority.find(':');
  if (colon == std::string_view::npos ||
      authority.find_first_not_of("0123456789", colon + 1) == std::string_view::npos) {
    return std::nullopt;
  }
  const std::size_t end = text.substr(0, kLongest).find_first_of("@ \t\r\n\"'<>");
  if (end == std::string_view::npos || text[end] != '@') return std::nullopt;
  return end;
}

/// The text with the user information of URLs masked.
std::string mask_urls(std::string_view text) {
  std::string out;
  std::size_t done = 0;
  for (std::size_t mark = text.find("://"); mark != std::string_view::npos;
       mark = text.find("://", done)) {
    out += text.substr(done, mark + 3 - done);
    done = mark + 3;
    if (const auto length = user_information(text.substr(done))) {
      out += kMask;
      done += *length;
    }
  }
  return out += text.substr(done);
}

/// Where the value of a secret begins in a token such as "--token=X" or {"token":"X"; npos when
/// there is none.
std::size_t secret_value(std::string_view token) {
  for (std::size_t at = 1; at < token.size(); ++at) {
    const bool equals = token[at] == '=';
    const bool colon = token[at] == ':' && !token.substr(at).starts_with("://");
    if ((equals || colon) && is_secret_name(name_before(token, at)) &&
        !is_harmless(token.substr(at + 1))) {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

std::string mask_token(std::string_view token) {
  const std::size_t secret = secret_value(token);
  return concat(mask_urls(token.substr(0, secret)),
                secret == std::string_view::npos ? std::string_view() : kMask);
}

/// Is the whole text in one pair of quotes, without another of their kind?
bool is_quoted(std::string_view text) {
  return text.size() > 2 && (text.front() == '"' || text.front() == '\'') &&
         text.find(text.front(), 1) == text.size() - 1;
}

/// Whether quotes hold a token together.
enum class Quotes { count, ordinary };

/// The end of the token that begins at `start`: at white space. A quote that is not closed is an
/// ordinary character.
std::size_t token_end(std::string_view text, std::size_t start, Quotes quotes) {
  std::size_t at = start;
  while (at < text.size() && !is_blank(text[at])) {
    if (quotes == Quotes::count && (text[at] == '"' || text[at] == '\'')) {
      const std::size_t close = text.find(text[at], at + 1);
      if (close != std::string_view::npos) at = close;
    }
    ++at;
  }
  return at;
}

/// Masks the secrets of a text with white space: a command line, headers, JSON.
class TextMasker {
 public:
  explicit TextMasker(Quotes quotes) : quotes_(quotes) {}

  std::string mask(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
      if (is_blank(text[at])) {
        if (text[at] == '\n') rest_of_line_ = false;
        if (!rest_of_line_) out += text[at];
        ++at;
        continue;
      }
      const std::size_t end = token_end(text, at, quotes_);
      if (!rest_of_line_) out += next(text.substr(at, end - at));
      at = end;
    }
    return out;
  }

 private:
  std::string next(std::string_view token) {
    if (value_follows_) {
      value_follows_ = false;
      if (!is_option_word(token)) return std::string(is_harmless(token) ? token : kMask);
    }
    if (token.back() == ':' && is_secret_name(name_before(token, token.size() - 1))) {
      rest_of_line_ = true;
      return concat(token, ' ', kMask);
    }
    value_follows_ =
        is_option_word(token) && token.find('=') == std::string_view::npos && is_secret_name(token);
    if (is_quoted(token)) return mask_text(token);
    const bool inner = has_space(token) && secret_value(token) == std::string_view::npos;
    return inner ? TextMasker(Quotes::ordinary).mask(token) : mask_token(token);
  }

  Quotes quotes_;
  bool value_follows_ = false;
  bool rest_of_line_ = false;
};

}  // namespace

bool is_secret_name(std::string_view name) {
  const Texts words = words_of(name);
  if (words.empty() || contains(kHarmlessEnds, words.back())) return false;
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (contains(kSecretWords, words[at])) return true;
    const bool key = words[at] == "key" || words[at] == "keys";
    if (key && at > 0 && contains(kBeforeKey, words[at - 1])) return true;
  }
  const std::string& last = words.back();
  const std::string before = words.size() > 1 ? words[words.size() - 2] : "";
  if (last == "token") return !contains(kBeforeToken, before);
  if (last == "pass" || last == "pwd") return contains(kBeforePass, before);
  return last == "auth" || last == "pat";
}

std::string mask_text(std::string_view text) {
  if (is_quoted(text)) {
    return concat(text.front(), mask_text(text.substr(1, text.size() - 2)), text.back());
  }
  if (!has_space(text)) return mask_token(text);
  const bool one_token = token_end(text, 0, Quotes::count) == text.size();
  return TextMasker(one_token ? Quotes::ordinary : Quotes::count).mask(text);
}

Json mask_value(std::string_view name, Json value) {
  if (value.is_null() || value.is_bool()) return value;
  if (value.is_string() && is_harmless(value.as_string())) return value;
  if (is_secret_name(name)) return kMask;
  if (value.is_string()) return mask_text(value.as_string());
  if (value.is_array()) {
    for (Json& item : value.as_array()) {
      item = mask_value("", std::move(item));
    }
  } else if (value.is_object()) {
    for (auto& [key, member] : value.as_object()) {
      member = mask_value(key, std::move(member));
    }
  }
  return value;
}

Texts mask_argv(const Texts& argv) {
  Texts out;
  bool value_follows = false;
  for (const std::string& word : argv) {
    const bool option = is_option_word(word);
    if (value_follows && !option) {
      out.emplace_back(is_harmless(word) ? std::string_view(word) : kMask);
      value_follows = false;
      continue;
    }
    value_follows = option && word.find('=') == std::string::npos && is_secret_name(word);
    out.push_back(mask_text(word));
  }
  return out;
}

}  // namespace clew::capture
