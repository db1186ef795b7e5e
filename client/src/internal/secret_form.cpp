#include <internal/secret_form.hpp>

#include <algorithm>

#include <openssl/crypto.h>

#include <internal/wipe_json.hpp>
#include <mimir/codec/form.hpp>

namespace mimir::oauth::internal {

void wipe(std::string& text) noexcept {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

SecretForm::~SecretForm() { wipe(text_); }

SecretForm& SecretForm::add(std::string_view name, std::string_view value) {
  std::string piece = codec::form_encode(name) + '=';
  std::string encoded = codec::form_encode(value);
  std::string next;
  next.reserve(text_.size() + piece.size() + encoded.size() + 1);  // no growth afterwards: it would leave copies behind
  next.append(text_);
  if (!next.empty()) next += '&';
  next.append(piece).append(encoded);
  wipe(encoded);
  wipe(text_);
  text_.swap(next);
  return *this;
}

namespace {

/// The pairs of a form, wiped when they are done with.
class WipedPairs {
 public:
  explicit WipedPairs(const std::string& form) : parameters_(codec::Parameters::parse(form).value_or(codec::Parameters())) {}
  WipedPairs(const WipedPairs&) = delete;
  WipedPairs& operator=(const WipedPairs&) = delete;
  ~WipedPairs() {
    for (const auto& [name, value] : pairs()) wipe_text(value);
  }
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& pairs() const { return parameters_.pairs(); }

 private:
  codec::Parameters parameters_;
};

}  // namespace

SecretForm SecretForm::renamed(const std::vector<std::pair<std::string, std::string>>& names) const {
  SecretForm result;
  const WipedPairs content(text_);
  for (const auto& [name, value] : content.pairs()) {
    const auto other = std::ranges::find(names, name, &std::pair<std::string, std::string>::first);
    result.add(other == names.end() ? name : other->second, value);
  }
  return result;
}

Secret SecretForm::json() const {
  const WipedPairs content(text_);
  codec::Json object = codec::Json::object();
  for (const auto& [name, value] : content.pairs()) {
    const auto* before = object.find(name);
    if (before == nullptr) {
      object.set(name, value);
    } else if (auto list = *before; list.is_array()) {
      list.push_back(value);
      object.set(name, std::move(list));
    } else {
      object.set(name, codec::Json::array({std::move(list), value}));
    }
  }
  const auto text = object.dump();
  wipe_json(object);
  Secret secret(text);
  wipe_text(text);
  return secret;
}

}  // namespace mimir::oauth::internal
