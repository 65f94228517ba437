#include "snapshot/secrets.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"

namespace clew::snapshot {
namespace {

constexpr std::array kSecret = {
    ".env",
    ".env.*",
    "*.env",
    "*.pem",
    "*.key",
    "*.p12",
    "*.pfx",
    "*.ppk",
    "*.jks",
    "*.keystore",
    "*.kdbx",
    "id_rsa*",
    "id_dsa*",
    "id_ecdsa*",
    "id_ed25519*",
    "credentials",
    "credentials*.json",
    "client_secret*.json",
    "service-account*.json",
    "service_account*.json",
    "kaggle.json",
    ".netrc",
    "_netrc",
    ".npmrc",
    ".pypirc",
    ".pgpass",
    ".my.cnf",
    ".htpasswd",
    ".dockercfg",
    ".git-credentials",
    "secrets.toml",
    "secrets.yaml",
    "secrets.yml",
    "secrets.json",
};
constexpr std::array kTemplate = {"*.example", "*.sample", "*.template", "*.dist", "*.pub"};

bool matches_any(const auto& patterns, const std::string& name) {
  return std::ranges::any_of(
      patterns, [&](const char* pattern) { return fnmatch(pattern, name.c_str(), 0) == 0; });
}

}  // namespace

bool is_likely_secret(std::string_view path) {
  const std::string name = to_lower(path.substr(path.rfind('/') + 1));
  return matches_any(kSecret, name) && !matches_any(kTemplate, name);
}

}  // namespace clew::snapshot
