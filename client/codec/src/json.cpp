// The only file that touches RapidJSON: its reader and its writer, without its document model.
#include <mimir/codec/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <set>

#include <rapidjson/memorystream.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <mimir/codec/wiping_memory.hpp>

#include "internal/utf8.hpp"

namespace mimir::codec {
namespace {

/// Values are destroyed recursively, so no limit a caller sets may allow a depth that exhausts the stack.
constexpr std::size_t kDepthCeiling = 1000;
/// Below this many members comparing names one by one is faster than a set.
constexpr std::size_t kSmallObject = 16;

/// RapidJSON's idea of an allocator. Tokens pass through its buffers.
struct WipingAllocator {
  static const bool kNeedFree = true;  // RapidJSON's name
  void* Malloc(std::size_t size) { return size == 0 ? nullptr : wiping_malloc(size); }
  void* Realloc(void* memory, std::size_t, std::size_t size) {
    if (size != 0) return wiping_realloc(memory, size);
    wiping_free(memory);
    return nullptr;
  }
  static void Free(void* memory) { wiping_free(memory); }
};
using Buffer = rapidjson::GenericStringBuffer<rapidjson::UTF8<>, WipingAllocator>;

/// RapidJSON's handler: builds values without recursion.
class Builder {
 public:
  Builder(std::size_t max_depth, bool refuse_duplicates)
      : max_depth_(max_depth), refuse_duplicates_(refuse_duplicates) {}

  bool Null() { return put(Json()); }
  bool Bool(bool value) { return put(Json(value)); }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    return check_text({text, length}) && put(Json(std::string_view(text, length)));
  }
  bool RawNumber(const char* text, rapidjson::SizeType length, bool) { return number({text, length}); }
  // Never called: kParseNumbersAsStringsFlag hands every number to RawNumber.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

  bool StartObject() { return open(Json::object()); }
  bool StartArray() { return open(Json::array()); }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool EndArray(rapidjson::SizeType) { return close(); }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    const std::string_view name(text, length);
    if (!check_text(name)) return false;
    Frame& frame = open_.back();
    if (refuse_duplicates_ && is_duplicate(frame, name)) {
      return refuse("json.duplicate", "an object has the same member twice", "RFC 8259 §4");
    }
    frame.key = name;
    return true;
  }

  Json take() { return std::move(root_); }
  /// What the handler itself refused; its code is empty when the reader stopped for a reason of its own.
  Error& error() { return error_; }

 private:
  struct Frame {
    Json value;
    std::string key;
    // A tree, not a hash table: names that collide on purpose must not make it slow.
    std::set<std::string, std::less<>> names;
  };

  static bool is_duplicate(Frame& frame, std::string_view name) {
    const Json::Object& members = *frame.value.as_object();
    if (members.size() < kSmallObject) return frame.value.find(name) != nullptr;
    if (frame.names.empty()) {
      for (const Json::Member& member : members) frame.names.insert(member.first);
    }
    return !frame.names.emplace(name).second;
  }

  bool refuse(std::string code, std::string message, std::string spec) {
    error_ = {std::move(code), std::move(message), std::move(spec), Error::kNoOffset};
    return false;
  }

  /// RapidJSON lets an escaped low surrogate through on its own (\uDC00), and with it bytes that are no UTF-8.
  bool check_text(std::string_view text) {
    if (internal::is_valid_utf8(text)) return true;
    return refuse("json.surrogate", "a string escapes half of a surrogate pair", "RFC 8259 §8.2");
  }

  // RapidJSON's own conversion overflows an int on exponents made for it, hence ours.
  bool number(std::string_view text) {
    const char* const end = text.data() + text.size();
    if (text.find_first_of(".eE") == std::string_view::npos) {
      std::int64_t integer = 0;
      if (std::from_chars(text.data(), end, integer).ec == std::errc{}) return put(Json(integer));
    }
    double real = 0;
    if (std::from_chars(text.data(), end, real).ec == std::errc{}) return put(Json(real));
    // Out of range at either end: what is too small to tell from zero is zero, what is too large has no value.
    const std::size_t exponent = text.find_first_of("eE");
    const bool vanishes = exponent == std::string_view::npos ? text.find('.') != std::string_view::npos
                                                              : text.substr(exponent + 1).starts_with('-');
    if (vanishes) return put(Json(text.starts_with('-') ? -0.0 : 0.0));
    return refuse("json.number", "a number is beyond what a double can hold", "RFC 8259 §6");
  }

  bool put(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return true;
    }
    Frame& frame = open_.back();
    if (Json::Array* items = frame.value.as_array()) {
      items->push_back(std::move(value));
    } else {
      frame.value.as_object()->emplace_back(std::move(frame.key), std::move(value));
    }
    return true;
  }

  bool open(Json container) {
    if (open_.size() >= max_depth_) {
      return refuse("json.too_deep", "values are nested deeper than " + std::to_string(max_depth_) + " levels",
                    "RFC 8259 §9");
    }
    open_.push_back({std::move(container), {}, {}});
    return true;
  }

  bool close() {
    Json value = std::move(open_.back().value);
    open_.pop_back();
    return put(std::move(value));
  }

  std::size_t max_depth_;
  bool refuse_duplicates_;
  std::vector<Frame> open_;
  Json root_;
  Error error_;
};

Error describe(rapidjson::ParseErrorCode code, std::size_t offset) {
  const auto error = [offset](const char* name, const char* message, const char* spec) {
    return Error{name, message, spec, offset};
  };
  switch (code) {
    case rapidjson::kParseErrorDocumentEmpty: return error("json.empty", "there is no JSON value", "RFC 8259 §2");
    case rapidjson::kParseErrorDocumentRootNotSingular:
      return error("json.trailing", "something follows the JSON value", "RFC 8259 §2");
    case rapidjson::kParseErrorValueInvalid: return error("json.syntax", "expected a JSON value", "RFC 8259 §3");
    case rapidjson::kParseErrorObjectMissName:
      return error("json.syntax", "expected a member's name in quotation marks", "RFC 8259 §4");
    case rapidjson::kParseErrorObjectMissColon:
      return error("json.syntax", "expected a colon after a member's name", "RFC 8259 §4");
    case rapidjson::kParseErrorObjectMissCommaOrCurlyBracket:
      return error("json.syntax", "expected a comma or } after a member", "RFC 8259 §4");
    case rapidjson::kParseErrorArrayMissCommaOrSquareBracket:
      return error("json.syntax", "expected a comma or ] after an item", "RFC 8259 §5");
    case rapidjson::kParseErrorStringUnicodeEscapeInvalidHex:
      return error("json.syntax", "\\u is not followed by four hexadecimal digits", "RFC 8259 §7");
    case rapidjson::kParseErrorStringUnicodeSurrogateInvalid:
      return error("json.surrogate", "a string escapes half of a surrogate pair", "RFC 8259 §8.2");
    case rapidjson::kParseErrorStringEscapeInvalid:
      return error("json.syntax", "a string holds an unknown escape or a bare control character", "RFC 8259 §7");
    case rapidjson::kParseErrorStringMissQuotationMark:
      return error("json.syntax", "a string has no closing quotation mark", "RFC 8259 §7");
    case rapidjson::kParseErrorStringInvalidEncoding:
      return error("json.encoding", "a string is not valid UTF-8", "RFC 8259 §8.1");
    case rapidjson::kParseErrorNumberTooBig:
      return error("json.number", "a number is beyond what a double can hold", "RFC 8259 §6");
    case rapidjson::kParseErrorNumberMissFraction:
      return error("json.syntax", "expected a digit after the decimal point", "RFC 8259 §6");
    case rapidjson::kParseErrorNumberMissExponent:
      return error("json.syntax", "expected a digit in the exponent", "RFC 8259 §6");
    default: return error("json.syntax", "this is not JSON", "RFC 8259 §2");
  }
}

template <class Writer>
void write_text(std::string_view text, Writer& writer) {
  writer.String(text.data() == nullptr ? "" : text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

template <class Writer>
void write(const Json& value, Writer& writer) {
  if (const auto boolean = value.as_bool()) {
    writer.Bool(*boolean);
  } else if (const auto integer = value.as_int()) {
    writer.Int64(*integer);
  } else if (const auto real = value.as_double()) {
    // JSON has no way to write NaN and the infinities (RFC 8259 §6).
    if (std::isfinite(*real)) {
      writer.Double(*real);
    } else {
      writer.Null();
    }
  } else if (const std::string* text = value.as_string()) {
    write_text(internal::is_valid_utf8(*text) ? *text : internal::repair_utf8(*text), writer);
  } else if (const Json::Array* items = value.as_array()) {
    writer.StartArray();
    for (const Json& item : *items) write(item, writer);
    writer.EndArray();
  } else if (const Json::Object* members = value.as_object()) {
    writer.StartObject();
    for (const auto& [name, member] : *members) {
      write_text(internal::is_valid_utf8(name) ? name : internal::repair_utf8(name), writer);
      write(member, writer);
    }
    writer.EndObject();
  } else {
    writer.Null();
  }
}

constexpr std::uint64_t in_each_byte(std::uint8_t byte) { return 0x0101'0101'0101'0101U * byte; }

/// Whether every byte stands for itself in a JSON string (RFC 8259 §7) and is ASCII, as nearly all text here is. Eight
/// bytes at a time: subtracting borrows into the highest bit of a byte that is smaller, and of none but by one.
bool is_plain(std::string_view text) {
  constexpr std::uint64_t kHighest = in_each_byte(0x80);
  const auto is_any_special = [](std::uint64_t bytes) {
    const std::uint64_t quote = bytes ^ in_each_byte('"');
    const std::uint64_t backslash = bytes ^ in_each_byte('\\');
    const std::uint64_t smaller = ((bytes - in_each_byte(0x20)) & ~bytes) | ((quote - in_each_byte(1)) & ~quote) |
                                  ((backslash - in_each_byte(1)) & ~backslash);
    return ((smaller | bytes) & kHighest) != 0;
  };
  std::uint64_t bytes = 0;
  for (; text.size() >= sizeof bytes; text.remove_prefix(sizeof bytes)) {
    std::memcpy(&bytes, text.data(), sizeof bytes);
    if (is_any_special(bytes)) return false;
  }
  if (text.empty()) return true;
  bytes = in_each_byte(' ');  // Behind the end: plain.
  std::memcpy(&bytes, text.data(), text.size());
  return !is_any_special(bytes);
}

/// Room for the compact text, so that it is written without growing: growing would leave pieces of tokens in memory.
std::size_t most_bytes(const Json& value) {
  constexpr std::size_t kNumber = 32;
  constexpr std::size_t kEscaped = 6;  // `\u001F`, and U+FFFD for a byte that is no UTF-8 has three
  const auto of_text = [](std::string_view text) { return 3 + text.size() * (is_plain(text) ? 1 : kEscaped); };
  if (const std::string* text = value.as_string()) return of_text(*text);
  std::size_t bytes = 2;
  if (const Json::Array* items = value.as_array()) {
    for (const Json& item : *items) bytes += 1 + most_bytes(item);
    return bytes;
  }
  if (const Json::Object* members = value.as_object()) {
    for (const auto& [name, member] : *members) bytes += 2 + of_text(name) + most_bytes(member);
    return bytes;
  }
  return kNumber;
}

void write_escaped(std::string_view text, std::string& out) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20) {
          out += c;
        } else {
          (out += "\\u00").append({kDigits[byte >> 4], kDigits[byte & 0xF]});
        }
      }
    }
  }
}

void write_compact(std::string_view text, std::string& out) {
  out += '"';
  if (is_plain(text)) {
    out += text;
  } else if (internal::is_valid_utf8(text)) {
    write_escaped(text, out);
  } else {
    write_escaped(internal::repair_utf8(text), out);
  }
  out += '"';
}

/// As RapidJSON's writer does it, which copies byte by byte; here text is nearly always taken over as a whole.
void write_compact(const Json& value, std::string& out) {
  if (const std::string* text = value.as_string()) {
    write_compact(std::string_view(*text), out);
  } else if (const auto integer = value.as_int()) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), *integer).ptr;
    out.append(digits.data(), end);
  } else if (const Json::Array* items = value.as_array()) {
    out += '[';
    for (std::size_t i = 0; i < items->size(); ++i) {
      if (i > 0) out += ',';
      write_compact((*items)[i], out);
    }
    out += ']';
  } else if (const Json::Object* members = value.as_object()) {
    out += '{';
    for (std::size_t i = 0; i < members->size(); ++i) {
      if (i > 0) out += ',';
      write_compact(std::string_view((*members)[i].first), out);
      out += ':';
      write_compact((*members)[i].second, out);
    }
    out += '}';
  } else if (const auto boolean = value.as_bool()) {
    out += *boolean ? "true" : "false";
  } else if (value.is_null()) {
    out += "null";
  } else {  // Fractions, whose shortest text is an art.
    Buffer buffer;
    rapidjson::Writer<Buffer> writer(buffer);
    write(value, writer);
    out.append(buffer.GetString(), buffer.GetSize());
  }
}

}  // namespace

Result<Json> Json::parse(std::string_view text, const JsonLimits& limits) {
  // RapidJSON counts in 32 bits.
  const std::size_t max_bytes = std::min<std::size_t>(limits.max_bytes, std::numeric_limits<std::int32_t>::max());
  if (text.size() > max_bytes) {
    return fail("json.too_large", "the text is larger than " + std::to_string(max_bytes) + " bytes", "RFC 8259 §9",
                max_bytes);
  }
  if (text.starts_with("\xEF\xBB\xBF")) {
    return fail("json.bom", "the text starts with a byte-order mark", "RFC 8259 §8.1", 0);
  }
  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag;
  Builder builder(std::min(limits.max_depth, kDepthCeiling), limits.refuse_duplicates);
  rapidjson::MemoryStream stream(text.data() == nullptr ? "" : text.data(), text.size());
  rapidjson::GenericReader<rapidjson::UTF8<>, rapidjson::UTF8<>, WipingAllocator> reader;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, builder);
  if (!builder.error().code.empty()) {
    builder.error().offset = result.Offset();
    return tl::unexpected(std::move(builder.error()));
  }
  if (result.IsError()) return tl::unexpected(describe(result.Code(), result.Offset()));
  // The reader takes a NUL byte for the end of the text.
  if (stream.Tell() != text.size()) {
    return tl::unexpected(describe(rapidjson::kParseErrorDocumentRootNotSingular, stream.Tell()));
  }
  return builder.take();
}

std::string Json::dump() const {
  std::string text;
  text.reserve(most_bytes(*this));
  write_compact(*this, text);
  return text;
}

std::string Json::dump_pretty() const {
  Buffer buffer;
  rapidjson::PrettyWriter<Buffer> writer(buffer);
  writer.SetIndent(' ', 2);
  write(*this, writer);
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace mimir::codec
