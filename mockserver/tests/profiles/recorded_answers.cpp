// Plays each answer of fixtures/recorded/PROVIDER.yaml against the engine with that profile and says what differs:
// recorded_answers FILE. Exit status 0: all fit, 1: some do not, 2: the file cannot be used.
#include <iostream>

#include "tests/profiles/golden.hpp"
#include "tests/profiles/plays.hpp"

namespace mockoauth::server::testing {
namespace {

std::optional<HttpResponse> ask(const Profile& profile, const GoldenAnswer& golden) {
  ProfileClient client({.spoken = profile, .served = profile, .scope = golden.scope});
  client.accept = golden.accept;
  return golden.by_fault ? refuse_by_fault(client, golden.play) : play(client, golden.play);
}

int run(const std::string& path) {
  const auto file = load_golden(path);
  if (!file) {
    std::cerr << file.error().to_string() << "\n";
    return 2;
  }
  int failed = 0;
  for (const auto& golden : file->answers) {
    auto profile = Profile::find(file->provider);
    if (profile && !golden.variant.empty()) profile = profile->with_variant(golden.variant);
    if (!profile) {
      std::cerr << profile.error().to_string() << "\n";
      return 2;
    }
    const auto seen = ask(*profile, golden);
    if (!seen) {
      std::cerr << path << ": there is nothing to play that is called " << golden.play << "\n";
      return 2;
    }
    const auto found = differences(golden, *seen);
    std::cout << (found.empty() ? "as " : "NOT as ") << golden.from << ": " << golden.name << "\n";
    for (const auto& difference : found) std::cout << "    " << difference << "\n";
    if (!found.empty()) ++failed;
  }
  std::cout << file->answers.size() - static_cast<std::size_t>(failed) << " of " << file->answers.size() << " answers fit\n";
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace mockoauth::server::testing

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: recorded_answers FILE\n";
    return 2;
  }
  return mockoauth::server::testing::run(argv[1]);
}
