// The only file of the client that knows yaml-cpp. Its events are used and not its nodes: they come one by one, so that
// limits hold before memory is spent.
#include "internal/yaml_tree.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <sstream>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace mimir::oauth::internal {
namespace {

/// Without it yaml-cpp overlooks a quote that is open at the end of the text.
constexpr std::string_view kYamlEnd = "\n...\n";

/// Ends yaml-cpp's work; never leaves this file.
struct YamlStop {
  YamlFault fault;
};

[[noreturn]] void refuse_yaml(YamlPlace place, std::string message) { throw YamlStop{{place, std::move(message)}}; }

YamlPlace place_of(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

class YamlTreeBuilder final : public YAML::EventHandler {
 public:
  YamlNode take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (std::exchange(has_document_, true)) refuse_yaml(place_of(mark), "there is a second document in the file");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { add({.place = place_of(mark)}); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse_yaml(place_of(mark), "aliases are not used here; write the value out");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override {
    refuse_tag(place_of(mark), tag);
    add({.kind = YamlNode::Kind::Text, .place = place_of(mark), .text = value, .is_plain = tag == "?"});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(place_of(mark), tag, YamlNode::Kind::List);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(place_of(mark), tag, YamlNode::Kind::Map);
  }
  void OnMapEnd() override { close(); }

 private:
  static void refuse_tag(YamlPlace place, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!") refuse_yaml(place, "tags are not used here");
  }

  void open(YamlPlace place, const std::string& tag, YamlNode::Kind kind) {
    refuse_tag(place, tag);
    if (open_.size() >= kMaxYamlDepth) {
      refuse_yaml(place, "nested deeper than " + std::to_string(kMaxYamlDepth) + " levels");
    }
    if (wants_name()) refuse_yaml(place, "a name must be text");
    open_.push_back({.kind = kind, .place = place});
    take_name(open_.back());
  }

  void close() {
    YamlNode done = std::move(open_.back());
    open_.pop_back();
    attach(std::move(done));
  }

  void add(YamlNode node) {
    if (!wants_name()) {
      take_name(node);
      return attach(std::move(node));
    }
    if (node.kind != YamlNode::Kind::Text || node.text.empty()) refuse_yaml(node.place, "a name must be text");
    const auto& siblings = open_.back().children;
    const auto twin = std::ranges::find(siblings, node.text, &YamlNode::name);
    if (twin != siblings.end()) {
      refuse_yaml(node.place, "\"" + node.text + "\" is there twice, first in line " + std::to_string(twin->name_place.line));
    }
    name_ = std::move(node);
  }

  [[nodiscard]] bool wants_name() const {
    return !open_.empty() && open_.back().kind == YamlNode::Kind::Map && !name_;
  }
  void take_name(YamlNode& node) {
    if (!name_) return;
    node.name = std::move(name_->text);
    node.name_place = name_->place;
    if (node.kind == YamlNode::Kind::Null) node.place = node.name_place;  // what is not there has no place of its own
    name_.reset();
  }
  void attach(YamlNode node) { (open_.empty() ? root_ : open_.back().children.emplace_back()) = std::move(node); }

  YamlNode root_{.kind = YamlNode::Kind::Map};
  std::vector<YamlNode> open_;
  std::optional<YamlNode> name_;  ///< Of the member whose value is to come.
  bool has_document_ = false;
};

/// yaml-cpp takes some control characters for the end of the text, and recodes UTF-16 and UTF-32.
std::optional<std::size_t> find_control_byte(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_white = byte == '\t' || byte == '\n' || byte == '\r';
    if ((byte < ' ' && !is_white) || byte == 0x7f || byte >= 0xf8) return i;
  }
  return std::nullopt;
}

YamlPlace place_at(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto line_start = before.rfind('\n') + 1;  // npos + 1 is the start of the text
  return {static_cast<int>(std::ranges::count(before, '\n')) + 1, static_cast<int>(offset - line_start) + 1};
}

tl::unexpected<YamlFault> yaml_fault(YamlPlace place, std::string message) {
  return tl::unexpected(YamlFault{place, std::move(message)});
}

}  // namespace

codec::Expected<YamlNode, YamlFault> parse_yaml(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.size() > kMaxYamlBytes) {
    return yaml_fault({}, "larger than " + std::to_string(kMaxYamlBytes / 1024) + " KiB");
  }
  if (const auto bad = find_control_byte(text)) return yaml_fault(place_at(text, *bad), "a byte that is no text in UTF-8");
  YamlTreeBuilder builder;
  try {
    std::istringstream stream(std::string(text).append(kYamlEnd));
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (YamlStop& stop) {
    return tl::unexpected(std::move(stop.fault));
  } catch (const YAML::Exception& error) {
    if (error.mark.is_null()) return yaml_fault({}, "this is not YAML: " + error.msg);
    if (error.mark.pos < static_cast<int>(text.size())) return yaml_fault(place_of(error.mark), "this is not YAML: " + error.msg);
    const auto last = text.find_last_not_of("\r\n");
    return yaml_fault(place_at(text, last == std::string_view::npos ? 0 : last), "this is not YAML: a quote or bracket is not closed");
  } catch (const std::exception& error) {
    return yaml_fault({}, std::string("this is not YAML: ") + error.what());
  }
  return builder.take_root();
}

}  // namespace mimir::oauth::internal
