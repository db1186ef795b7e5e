// An access token that somebody else obtained, from the environment: read only, never written anywhere, never renewed.
#include <internal/storage_backend.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr const char* kToken = "MIMIR_ACCESS_TOKEN";

Error read_only() {
  return {.category = Category::LocalEnvironment,
          .code = "storage.read_only",
          .message = std::string("The login comes from ") + kToken + " and cannot be changed or kept.",
          .hint = "Choose another storage, or change the variable."};
}

/// Every name has the one token: who sets the variable says what it is for.
class EnvironmentStorage final : public TokenStorage {
 public:
  explicit EnvironmentStorage(EnvironmentLookup environment) : environment_(std::move(environment)) {}

  Result<> probe() override { return fail(read_only()); }

  Result<std::optional<StoredLogin>> load(const std::string&) override {
    auto token = environment_(kToken);
    if (!token || token->empty()) return std::optional<StoredLogin>{};
    StoredLogin login{.config = {.issuer = environment_("MIMIR_ISSUER").value_or(""),
                                 .client_id = environment_("MIMIR_CLIENT_ID").value_or("")},
                      .tokens = {.access_token = Secret(*token), .token_type = "Bearer"},
                      .generation = 1};
    return std::optional(std::move(login));
  }

  Result<std::uint64_t> store(const std::string&, const StoredLogin&, std::uint64_t) override {
    return fail(read_only());
  }
  Result<> erase(const std::string&) override { return fail(read_only()); }
  Result<std::vector<std::string>> providers() override {
    if (environment_(kToken).value_or("").empty()) return std::vector<std::string>{};
    return std::vector<std::string>{"environment"};
  }
  Result<std::unique_ptr<Lock>> lock(const std::string&, std::chrono::milliseconds, std::stop_token) override {
    return std::make_unique<Lock>();  // nothing is ever written
  }
  std::string description() const override { return std::string("environment variable ") + kToken; }

 private:
  EnvironmentLookup environment_;
};

}  // namespace

void register_environment(StorageBackends& backends) {
  backends.add({.name = "environment",
                .title = std::string("environment variable ") + kToken + ", read only",
                .keeps = false,
                .open = [](const StorageOptions& options, Random&) {
                  return std::make_unique<EnvironmentStorage>(options.environment);
                }});
}

}  // namespace mimir::oauth::internal
