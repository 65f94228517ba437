#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "model/event.h"
#include "model/run.h"

// The one canonical encoding of the model: equal values have equal bytes. Used for rows of the
// store, records of a spool, and digests.
//
// A value is written field by field in the order of its struct, in the terms of base/bytes.h: a
// list is a varint count and its items, an optional is a byte 0 or 1 and the value. A header row
// begins with one byte, the version of its layout; a reader refuses a version that it does not
// know. JSON values: a byte for the type (0 null, 1 false, 2 true, 3 int as zigzag, 4 double,
// 5 string, 6 list, 7 map), then the value.

namespace clew::model {

void encode_json(ByteWriter& out, const Json& value);
[[nodiscard]] Json decode_json(ByteReader& in);

/// The run as a header row and back. `metrics` may be given apart from the run, since the store
/// keeps only the first part of a long list in the row. decode_run throws Error(damaged).
[[nodiscard]] std::string encode_run(const Run& run);
[[nodiscard]] Run decode_run(std::string_view bytes);

void encode_metric(ByteWriter& out, const MetricSummary& metric);
[[nodiscard]] MetricSummary decode_metric(ByteReader& in);
/// The part of a metric behind its name.
[[nodiscard]] Summary decode_summary(ByteReader& in);

void encode_process(ByteWriter& out, const Process& process);
[[nodiscard]] Process decode_process(ByteReader& in);
void encode_file(ByteWriter& out, const File& file);
[[nodiscard]] File decode_file(ByteReader& in);
void encode_capture(ByteWriter& out, const Capture& capture);
[[nodiscard]] Capture decode_capture(ByteReader& in);
void encode_firing(ByteWriter& out, const Firing& firing);
[[nodiscard]] Firing decode_firing(ByteReader& in);

[[nodiscard]] std::string encode_changes(const std::vector<ParamChange>& changes);
[[nodiscard]] std::vector<ParamChange> decode_changes(std::string_view bytes);

/// One event as the payload of a spool record and back; the type travels beside the payload.
/// decode_event throws Error(damaged) for a type or payload that it cannot read.
[[nodiscard]] EventType encode_event(std::string& out, const Event& event);
[[nodiscard]] Event decode_event(EventType type, std::string_view payload);

}  // namespace clew::model
