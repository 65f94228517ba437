#pragma once

#include <string>
#include <string_view>

#include "prov/graph.h"

// A document carries a digest of itself in the attribute clew:documentDigest of the agents that
// wrote it, so that a change of any record shows. It is the SHA-256 of the document as to_prov_json
// writes it, with 64 zeros in the place of each such value and without the prefixes prov and xsd.
// Layout, order and blank identifiers of the file are no part of it. It finds accident and
// carelessness, not someone who seals anew.

namespace clew::prov {

inline constexpr std::string_view seal_attribute = "clew:documentDigest";

/// The digest of a document, whatever the values of its seal, as 64 hex digits.
[[nodiscard]] std::string document_digest(Document document);

/// Puts the digest in the place of the values of all seals. A document without any stays as it is.
void seal(Document& document);

enum class SealState { none, intact, broken };
/// Is the document as it was sealed?
[[nodiscard]] SealState check_seal(const Document& document);

}  // namespace clew::prov
