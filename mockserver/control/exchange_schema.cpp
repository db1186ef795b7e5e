// JSON Schemas of what the control API tells about exchanges: see exchange_to_json() and nearest_to_json().
#include "control/exchange_match.hpp"

namespace mockoauth::server {

const std::string& exchange_schema() {
  static const std::string schema = [] {
    const std::string pairs = R"({"type": "array", "items": {"type": "array", "items": {"type": "string"},
      "minItems": 2, "maxItems": 2}})";
    const std::string texts = R"({"type": "array", "items": {"type": "string"}})";
    const std::string text = R"({"type": "string"})";
    return R"({"title": "exchange", "type": "object", "required": ["number", "virtual_time", "real_time", "endpoint",
      "client_id", "grant_type", "parameters", "request", "response", "error", "reason", "clause", "faults", "grant",
      "issued", "consumed"], "properties": {"number": {"type": "integer"}, "virtual_time": )" + text +
           R"(, "real_time": )" + text + R"(, "endpoint": )" + text + R"(, "client_id": )" + text +
           R"(, "grant_type": )" + text + R"(, "parameters": )" + pairs +
           R"(, "request": {"type": "object", "required": ["method", "target", "version", "headers", "body"],
             "properties": {"method": )" + text + R"(, "target": )" + text + R"(, "version": )" + text +
           R"(, "headers": )" + pairs + R"(, "body": )" + text +
           R"(}}, "response": {"type": "object", "required": ["status", "headers", "body"], "properties": {
             "status": {"type": "integer"}, "headers": )" + pairs + R"(, "body": )" + text +
           R"(}}, "error": )" + text + R"(, "reason": )" + text + R"(, "clause": )" + text + R"(, "faults": )" + texts +
           R"(, "grant": )" + text + R"(, "issued": )" + texts + R"(, "consumed": )" + texts +
           R"(, "delivery": )" + text + R"(, "ignored": )" + texts + R"(, "raw": )" + text + "}}";
  }();
  return schema;
}

const std::string& nearest_schema() {
  static const std::string schema = R"({"title": "nearest", "type": "object", "required": ["detail", "differences",
    "exchange"], "properties": {"detail": {"type": "string"}, "differences": {"type": "array", "items": {
      "title": "difference", "type": "object", "required": ["pointer", "detail"], "properties": {
        "pointer": {"type": "string"}, "detail": {"type": "string"}, "expected": {}, "seen": {}}}},
    "exchange": )" + exchange_schema() + "}}";
  return schema;
}

}  // namespace mockoauth::server
