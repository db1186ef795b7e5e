#include <mockoauth/conformance/transcript.hpp>

#include <algorithm>
#include <array>
#include <ostream>

#include <mockoauth/conformance/catalogue.hpp>

namespace mockoauth::conformance {
namespace {

struct Paint {
  bool on;
  [[nodiscard]] std::string operator()(const char* code, const std::string& text) const {
    return on ? std::string("\033[") + code + "m" + text + "\033[0m" : text;
  }
};

constexpr const char* kBold = "1";
constexpr const char* kDim = "2";
constexpr const char* kRed = "31";
constexpr const char* kGreen = "32";
constexpr const char* kYellow = "33";

const char* colour_of(Verdict verdict) {
  if (verdict == Verdict::Pass) return kGreen;
  return verdict == Verdict::Fail || verdict == Verdict::Error ? kRed : kYellow;
}

const char* mark_of(Verdict verdict) {
  if (verdict == Verdict::Pass) return "✓";
  return verdict == Verdict::Fail || verdict == Verdict::Error ? "✗" : "?";
}

// What the client wrote is not ours: no control character of it may reach a terminal.
std::string printable(const std::string& line) {
  std::string clean;
  for (const char c : line) clean += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  constexpr std::size_t kWidth = 160;
  return clean.size() <= kWidth ? clean : clean.substr(0, kWidth) + "…";
}

void write_check(std::ostream& out, const Check& check, const Paint& paint) {
  out << "       " << paint(colour_of(check.verdict), mark_of(check.verdict)) << ' ' << check.expected << '\n';
  if (check.verdict != Verdict::Pass) out << "         " << paint(colour_of(check.verdict), printable(check.seen)) << '\n';
}

void write_step(std::ostream& out, const std::string& number, const PlayedStep& step, const Paint& paint) {
  out << "  " << paint(kDim, number) << std::string(number.size() < 5 ? 5 - number.size() : 1, ' ') << paint(kBold, step.title) << '\n';
  for (const auto& exchange : step.exchanges) out << paint(kDim, "       → ") << describe_exchange(exchange) << '\n';
  for (const auto& line : step.said) {
    // The login URL is long and is shown as an exchange already.
    if (!line.empty() && line.find("code_challenge=") == std::string::npos) out << paint(kDim, "       | " + printable(line)) << '\n';
  }
  for (const auto& check : step.checks) write_check(out, check, paint);
}

void write_play(std::ostream& out, const Play& play, const Paint& paint) {
  for (const auto& step : play.given) write_step(out, "given", step, paint);
  for (std::size_t i = 0; i < play.steps.size(); ++i) write_step(out, std::to_string(i + 1), play.steps[i], paint);
  if (play.checks.empty()) return;
  out << "  " << paint(kDim, "in all") << '\n';
  for (const auto& check : play.checks) write_check(out, check, paint);
}

std::string duration_text(std::chrono::microseconds duration) {
  const auto tenths = duration.count() / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " ms";
}

std::string upper(std::string_view text) {
  std::string all(text);
  std::transform(all.begin(), all.end(), all.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return all;
}

void write_rows(std::ostream& out, const Scenario& scenario, const Paint& paint) {
  std::size_t width = 0;
  for (const auto& id : scenario.requirement) width = std::max(width, id.size());
  for (const auto& id : scenario.requirement) {
    const Row* row = find_row(id);
    if (row == nullptr) continue;
    const std::string clause = row->clause.empty() ? "robustness" : row->clause;
    out << "  " << paint(kDim, id + std::string(width - id.size() + 2, ' ') + (row->level == "ROB" ? "" : row->level + " ") + clause) << '\n';
  }
}

// The parameters that say what an exchange is about; never a secret.
std::string telling_parameters(const server::Exchange& exchange) {
  static constexpr std::array kTelling{"grant_type", "code_challenge_method", "scope", "token_type_hint", "error"};
  std::string text;
  for (const auto* name : kTelling) {
    if (const auto value = exchange.parameters.first(name)) text += std::string(text.empty() ? "" : " ") + name + "=" + *value;
  }
  return text;
}

}  // namespace

std::string describe_exchange(const server::Exchange& exchange) {
  std::string line = exchange.request.method + " " + exchange.request.path();
  if (const auto told = telling_parameters(exchange); !told.empty()) line += "  " + told;
  line += "  " + std::to_string(exchange.response.status);
  if (!exchange.error.empty()) line += " " + exchange.error;
  if (!exchange.reason.empty()) line += ": " + exchange.reason;
  if (!exchange.clause.empty()) line += " (" + exchange.clause + ")";
  for (const auto& fault : exchange.faults) line += " [" + fault + "]";
  return printable(line);
}

void write_transcript(std::ostream& out, const RunResult& result, const TranscriptStyle& style) {
  const Paint paint{style.colour};
  const std::string verdict = paint(colour_of(result.verdict), upper(to_string(result.verdict)));
  const std::string who = result.client + " (" + result.driver + ") with " + result.provider;
  if (!style.details) {
    out << verdict << "  " << result.scenario.id << "  " << paint(kDim, who + ", " + duration_text(result.duration)) << '\n';
    if (result.verdict != Verdict::Pass) out << "      " << printable(result.reason) << '\n';
    return;
  }
  out << paint(kBold, result.scenario.id) << " · " << result.scenario.title << '\n';
  out << paint(kDim, "  " + who + ", seed " + std::to_string(result.seed)) << "\n\n";
  write_play(out, result.main, paint);
  if (result.twin) {
    const Verdict twin = result.twin->verdict();
    out << "  " << paint(kDim, "twin ") << "the same without the fault: " << paint(colour_of(twin), std::string(to_string(twin))) << '\n';
    if (twin != Verdict::Pass) write_play(out, *result.twin, paint);
  }
  out << '\n' << verdict << "  " << result.scenario.id << "  " << paint(kDim, duration_text(result.duration)) << '\n';
  if (result.verdict != Verdict::Pass) out << "  " << printable(result.reason) << '\n';
  write_rows(out, result.scenario, paint);
}

}  // namespace mockoauth::conformance
