#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mockoauth/document/document.hpp>

namespace mockoauth::document {

/// Builds a Document from a stream of YAML events, under limits, without recursion. Knows nothing of the parser.
///
/// A call that returns false has set error(); the caller stops then.
class YamlBuilder {
 public:
  static constexpr std::size_t kMaxDepth = 64;
  using Anchor = std::size_t;  ///< 0: none.

  explicit YamlBuilder(Document& document) : document_(document) {}

  bool scalar(Place place, std::string_view tag, const std::string& text, Anchor anchor);
  bool open(Place place, std::string_view tag, bool is_map, Anchor anchor);
  bool close();
  bool alias(Place place, Anchor anchor);
  bool refuse_second(Place place) { return fail(place, "only one document may be in a file"); }

  [[nodiscard]] const std::optional<DataFileError>& error() const { return error_; }
  /// Whether the error is about what stands for a member's name.
  [[nodiscard]] bool name_refused() const { return name_refused_; }

 private:
  /// A finished value that an alias may repeat.
  struct Anchored {
    mimir::codec::Json value;
    std::size_t nodes = 0;
    std::size_t height = 0;
  };
  /// A list or mapping that is still open.
  struct Frame {
    bool is_map = false;
    Anchor anchor = 0;
    Place place;
    std::string pointer;
    mimir::codec::Json::Array items = {};
    mimir::codec::Json::Object members = {};
    std::unordered_map<std::string, int> seen = {};  ///< Member name to its line.
    std::optional<std::string> key = std::nullopt;
    Place key_place = {};
    std::size_t nodes = 1;
    std::size_t height = 1;
  };

  bool fail(Place place, std::string message);
  bool wants_key() const { return !frames_.empty() && frames_.back().is_map && !frames_.back().key; }
  bool refuse_name(Place place, std::string message);
  bool take_key(Place place, const mimir::codec::Json& key);
  std::optional<std::string> next_pointer(Place place);
  void remember(const std::string& pointer, Place place);
  bool add(mimir::codec::Json value, std::size_t nodes, std::size_t height);

  Document& document_;
  std::vector<Frame> frames_;
  std::unordered_map<Anchor, Anchored> anchored_;
  std::size_t copied_nodes_ = 0;
  std::size_t pointer_bytes_ = 0;
  bool name_refused_ = false;
  std::optional<DataFileError> error_;
};

}  // namespace mockoauth::document
