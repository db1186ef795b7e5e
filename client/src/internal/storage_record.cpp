#include <internal/storage_record.hpp>

#include <mimir/codec/json.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr const char* kFile = "=storage";

}  // namespace

Result<std::optional<StorageRecord>> read_storage_record(const PrivateFolder& folder) {
  const auto file = folder.read(kFile);
  if (!file) return fail(file.error());
  if (!*file) return std::optional<StorageRecord>{};
  const auto json = codec::Json::parse((*file)->expose());
  auto backend = json ? json->string_at("backend") : std::nullopt;
  if (!backend || backend->empty()) {
    return fail({.category = Category::LocalEnvironment,
                 .code = "storage.corrupt",
                 .message = std::string("The file ") + kFile + ", which says where logins are kept, is damaged.",
                 .hint = "Delete it and name the storage with --storage; no login is lost by that."});
  }
  return std::optional(StorageRecord{.backend = *std::move(backend),
                                     .leftover = json->string_at("leftover").value_or(""),
                                     .reason = json->string_at("reason").value_or("")});
}

Result<> write_storage_record(const PrivateFolder& folder, const StorageRecord& record, Random& random) {
  auto json = codec::Json::object({{"version", 1}, {"backend", record.backend}});
  if (!record.leftover.empty()) json.set("leftover", record.leftover);
  if (!record.reason.empty()) json.set("reason", record.reason);
  return folder.replace(kFile, json.dump(), random);
}

}  // namespace mimir::oauth::internal
