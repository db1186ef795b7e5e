#include <map>
#include <string>
#include <vector>

#include <mockoauth/conformance/report.hpp>

namespace mockoauth::conformance {
namespace {

constexpr const char* kStyle = R"css(
:root{color-scheme:light dark;--line:#8884;--pass:#1a7f37;--fail:#cf222e;--other:#9a6700}
body{font:15px/1.45 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.15rem;margin-top:2.5rem}
p.sub{margin-top:0;opacity:.75}
table{border-collapse:collapse}th,td{border:1px solid var(--line);padding:.4rem .7rem;text-align:left;vertical-align:top}
thead th{font-weight:600}tbody th{font-weight:500}
a{color:inherit}.pass{color:var(--pass)}.fail,.error{color:var(--fail)}.inconclusive,.warn,.not-applicable{color:var(--other)}
td a{text-decoration:none;font-weight:600}
small{opacity:.75;font-weight:400}
details{border:1px solid var(--line);border-radius:.4rem;padding:.5rem .9rem;margin:.6rem 0}
summary{cursor:pointer}
pre{overflow-x:auto;font-size:13px;line-height:1.5;margin:.3rem 0}
ol{padding-left:1.4rem}li{margin:.5rem 0}ul.rows{columns:2;font-size:13px}
)css";

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      case '\'': safe += "&#39;"; break;
      default: safe += c;
    }
  }
  return safe;
}

std::string text(const Json& object, std::string_view name) { return object.string_at(name).value_or(""); }

const Json::Array& items(const Json& object, std::string_view name) {
  static const Json::Array kNone;
  const Json* found = object.find(name);
  return found != nullptr && found->is_array() ? *found->as_array() : kNone;
}

std::string column_of(const Json& run) { return text(run, "client") + "\n" + text(run, "driver") + "\n" + text(run, "provider"); }

std::string verdict_mark(const std::string& verdict) {
  if (verdict == "pass") return "✓ pass";
  if (verdict == "fail") return "✗ fail";
  if (verdict == "error") return "✗ bench error";
  if (verdict == "not-applicable") return "– not applicable";
  return "? " + verdict;
}

// Order of first appearance, so that the page reads like the run.
void remember(std::vector<std::string>& names, const std::string& name) {
  for (const auto& known : names) {
    if (known == name) return;
  }
  names.push_back(name);
}

std::string column_head(const std::string& column) {
  const auto first = column.find('\n');
  const auto second = column.find('\n', first + 1);
  return "<th scope=\"col\">" + escaped(column.substr(0, first)) + " <small>" + escaped(column.substr(first + 1, second - first - 1)) +
         "</small><br>" + escaped(column.substr(second + 1)) + "</th>";
}

std::string matrix(const Json::Array& runs) {
  std::vector<std::string> columns;
  std::vector<std::string> scenarios;
  std::map<std::pair<std::string, std::string>, std::size_t> cells;
  std::map<std::string, std::string> titles;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    remember(columns, column_of(runs[i]));
    remember(scenarios, text(runs[i], "scenario"));
    titles[text(runs[i], "scenario")] = text(runs[i], "title");
    cells[{text(runs[i], "scenario"), column_of(runs[i])}] = i;
  }
  std::string html = "<table><thead><tr><th scope=\"col\">Scenario</th>";
  for (const auto& column : columns) html += column_head(column);
  html += "</tr></thead><tbody>\n";
  for (const auto& scenario : scenarios) {
    html += "<tr><th scope=\"row\">" + escaped(scenario) + "<br><small>" + escaped(titles[scenario]) + "</small></th>";
    for (const auto& column : columns) {
      const auto cell = cells.find({scenario, column});
      if (cell == cells.end()) {
        html += "<td><small>not run</small></td>";
        continue;
      }
      const auto verdict = text(runs[cell->second], "verdict");
      html += "<td><a class=\"" + escaped(verdict) + "\" href=\"#run-" + std::to_string(cell->second) + "\">" +
              escaped(verdict_mark(verdict)) + "</a></td>";
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table>\n";
}

std::string checks(const Json& owner) {
  std::string html;
  for (const auto& check : items(owner, "checks")) {
    const auto verdict = text(check, "verdict");
    html += "<div class=\"" + escaped(verdict) + "\">" + (verdict == "pass" ? "✓ " : verdict == "fail" ? "✗ " : "? ") +
            escaped(text(check, "expected"));
    if (const auto seen = text(check, "seen"); !seen.empty()) html += "<br><small>seen: " + escaped(seen) + "</small>";
    html += "</div>\n";
  }
  return html;
}

std::string play(const Json& value) {
  std::string html = "<ol>\n";
  for (const auto& step : items(value, "steps")) {
    html += "<li>" + std::string(step.bool_at("given").value_or(false) ? "<small>given:</small> " : "") + escaped(text(step, "title"));
    std::string lines;
    for (const auto& exchange : items(step, "exchanges")) lines += "→ " + escaped(text(exchange, "summary")) + "\n";
    for (const auto& line : items(step, "said")) {
      if (const auto* words = line.as_string(); words != nullptr && !words->empty()) lines += "| " + escaped(*words) + "\n";
    }
    if (!lines.empty()) html += "<pre>" + lines + "</pre>";
    html += checks(step) + "</li>\n";
  }
  return html + "</ol>\n" + checks(value);
}

std::string run_section(const Json& run, std::size_t number) {
  const auto verdict = text(run, "verdict");
  std::string html = "<details id=\"run-" + std::to_string(number) + "\"" + (verdict == "pass" || verdict == "not-applicable" ? "" : " open") +
                     "><summary><strong class=\"" + escaped(verdict) + "\">" + escaped(verdict_mark(verdict)) + "</strong> " +
                     escaped(text(run, "scenario")) + " <small>" + escaped(text(run, "client")) + " (" + escaped(text(run, "driver")) +
                     ") with " + escaped(text(run, "provider")) + "</small></summary>\n";
  if (const auto reason = text(run, "reason"); !reason.empty()) html += "<p>" + escaped(reason) + "</p>\n";
  html += "<ul class=\"rows\">";
  for (const auto& row : items(run, "requirement")) {
    html += "<li><code>" + escaped(text(row, "id")) + "</code> " + escaped(text(row, "level")) + " " + escaped(text(row, "clause")) + "<br>" +
            escaped(text(row, "says")) + "</li>";
  }
  html += "</ul>\n";
  if (const Json* main = run.find("main")) html += play(*main);
  if (const Json* twin = run.find("twin")) {
    html += "<details><summary>Twin: the same without the fault – " + escaped(text(*twin, "verdict")) + "</summary>" + play(*twin) + "</details>\n";
  }
  return html + "</details>\n";
}

}  // namespace

std::string report_html(const Json& report) {
  const auto& runs = items(report, "runs");
  std::map<std::string, int> counts;
  for (const auto& run : runs) ++counts[text(run, "verdict")];
  std::string summary = std::to_string(runs.size()) + (runs.size() == 1 ? " run" : " runs");
  for (const auto& [verdict, count] : counts) summary += ", " + std::to_string(count) + " " + verdict;

  std::string html = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
                     "<title>OAuth provider compatibility</title><style>" + std::string(kStyle) + "</style></head><body>\n"
                     "<h1>OAuth provider compatibility</h1>\n<p class=\"sub\">" + escaped(summary) +
                     ". Every cell leads to what was seen and the clause behind it.</p>\n";
  html += matrix(runs);
  html += "<h2>What was seen</h2>\n";
  for (std::size_t i = 0; i < runs.size(); ++i) html += run_section(runs[i], i);
  return html + "</body></html>\n";
}

}  // namespace mockoauth::conformance
