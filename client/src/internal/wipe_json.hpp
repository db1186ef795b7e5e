#pragma once

#include <openssl/crypto.h>

#include <mimir/codec/json.hpp>

namespace mimir::oauth::internal {

inline void wipe_text(const std::string& text) {
  // The strings are ours and not const; Json only shows them so.
  OPENSSL_cleanse(const_cast<char*>(text.data()), text.size());
}

/// Overwrites every string value in place, at any depth.
inline void wipe_json(codec::Json& json) {
  if (const auto* text = json.as_string()) {
    wipe_text(*text);
  } else if (auto* object = json.as_object()) {
    for (auto& [name, value] : *object) wipe_json(value);
  } else if (auto* array = json.as_array()) {
    for (auto& value : *array) wipe_json(value);
  }
}

/// Wipes a document that held tokens when its reader is done with it, whatever the way out.
class WipedAtEnd {
 public:
  explicit WipedAtEnd(codec::Result<codec::Json>& json) : json_(json) {}
  WipedAtEnd(const WipedAtEnd&) = delete;
  WipedAtEnd& operator=(const WipedAtEnd&) = delete;
  ~WipedAtEnd() {
    if (json_) wipe_json(*json_);
  }

 private:
  codec::Result<codec::Json>& json_;
};

}  // namespace mimir::oauth::internal
