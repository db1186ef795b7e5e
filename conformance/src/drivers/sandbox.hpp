#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <mimir/codec/result.hpp>
#include <mockoauth/conformance/driver.hpp>

namespace mockoauth::conformance::internal {

/// A fresh folder with a home, a store and a browser for one client under test; removed with the object unless kept.
class Sandbox {
 public:
  /// @param self path of mockoauth, which the browser shim runs.
  static mimir::codec::Result<std::unique_ptr<Sandbox>> create(const std::string& self, bool keep);
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  [[nodiscard]] std::filesystem::path home() const { return root_ / "home"; }
  [[nodiscard]] std::filesystem::path store() const { return root_ / "store"; }
  [[nodiscard]] std::filesystem::path browser() const { return root_ / "browser"; }
  [[nodiscard]] std::filesystem::path ca_file() const { return root_ / "ca.pem"; }

  /// PATH, HOME, XDG_*, TMPDIR, BROWSER and the locale; nothing else is inherited but what sanitizers read.
  [[nodiscard]] std::map<std::string, std::string> environment() const;

  /// What is to be trusted besides; an empty text leaves no file.
  mimir::codec::Result<> set_ca(const std::string& pem);
  mimir::codec::Result<> set_browser_plan(const BrowserPlan& plan);
  /// What the browser did since the last call: waits for a walk that is still going on.
  struct BrowserRecord {
    int opened = 0;
    std::vector<std::string> met;
  };
  BrowserRecord take_browser_record();

 private:
  Sandbox(std::filesystem::path root, bool keep) : root_(std::move(root)), keep_(keep) {}

  std::filesystem::path root_;
  bool keep_;
};

/// The program behind $BROWSER: records that it was called, then walks the login in the background, as a browser does,
/// and returns at once. @param folder made by Sandbox. @returns the exit status.
int run_browser_shim(const std::filesystem::path& folder, const std::string& url);

}  // namespace mockoauth::conformance::internal
