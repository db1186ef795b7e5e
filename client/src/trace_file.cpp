#include <mimir/oauth/trace.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>

#include <mimir/codec/digest.hpp>
#include <mimir/codec/json.hpp>

#include "internal/private_folder.hpp"
#include "internal/storage_errors.hpp"

namespace mimir::oauth {
namespace {

using internal::PrivateFolder;
using internal::UniqueFd;

const std::string kTraceName = "trace.jsonl";
const std::string kTraceBefore = "trace.1.jsonl";
const std::string kTraceKey = "trace.key";
const std::string kTraceLock = "trace.lock";
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kFingerprintDigits = 12;

class TraceFile final : public TraceSink {
 public:
  TraceFile(TraceFileOptions options, const Clock& clock, PrivateFolder folder, UniqueFd file, Secret key)
      : options_(std::move(options)), clock_(clock), folder_(std::move(folder)), file_(std::move(file)), key_(std::move(key)) {}

  void record(std::string_view event, const std::vector<TraceField>& fields) override {
    auto json = codec::Json::object({{"at", codec::format_iso8601(clock_.now())}, {"pid", std::int64_t{::getpid()}}, {"event", event}});
    for (const auto& field : fields) json.set(field.name(), shown(field.value()));
    const auto line = json.dump() + '\n';
    const std::lock_guard guard(mutex_);
    if (!make_room(line.size())) return;
    // One call a line: lines of processes that trace at once do not mix (O_APPEND).
    while (::write(file_.get(), line.data(), line.size()) < 0 && errno == EINTR) {
    }
  }

 private:
  codec::Json shown(const TraceField::Value& value) const {
    if (const auto* text = std::get_if<std::string>(&value)) return for_others(*text, options_.home);
    if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
    const auto digest = codec::hex_encode(codec::hmac_sha256(key_.expose(), std::get<const Secret*>(value)->expose()));
    return "[secret " + digest.substr(0, kFingerprintDigits) + "]";
  }

  /// Whether a line may be written. A file that is full is put aside, unless another process has done so already.
  bool make_room(std::size_t bytes) {
    struct stat status {};
    if (!file_ || ::fstat(file_.get(), &status) != 0) return false;
    if (static_cast<std::size_t>(status.st_size) + bytes <= options_.max_bytes) return true;
    const auto lock = folder_.lock(kTraceLock, internal::kLockTimeout, {});
    if (!lock || !*lock) return false;
    struct stat named {};
    const auto path = options_.folder / kTraceName;
    const bool is_ours = ::lstat(path.c_str(), &named) == 0 && named.st_ino == status.st_ino && named.st_dev == status.st_dev;
    if (is_ours && !folder_.rename(kTraceName, kTraceBefore)) return false;
    auto next = folder_.open_to_append(kTraceName);
    file_ = next ? std::move(*next) : UniqueFd();
    return static_cast<bool>(file_);
  }

  const TraceFileOptions options_;
  const Clock& clock_;
  const PrivateFolder folder_;
  std::mutex mutex_;  ///< Guards the file.
  UniqueFd file_;
  const Secret key_;
};

/// The installation's own, made at the first trace.
Result<Secret> fingerprint_key(const PrivateFolder& folder, Random& random) {
  const auto lock = folder.lock(kTraceLock, internal::kLockTimeout, {});
  if (!lock) return fail(lock.error());
  if (!*lock) return fail(internal::lock_timeout("the trace"));
  auto known = folder.read(kTraceKey);
  if (!known) return fail(known.error());
  if (*known && (*known)->size() == kKeyBytes) return std::move(**known);
  std::array<std::uint8_t, kKeyBytes> bytes{};
  if (!random.fill(bytes)) {
    return fail({.category = Category::LocalEnvironment,
                 .code = "random.unavailable",
                 .message = "The system gives no random numbers.",
                 .hint = "Without them nothing can be traced safely."});
  }
  Secret key(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  if (auto stored = folder.replace(kTraceKey, key.expose(), random); !stored) return fail(std::move(stored.error()));
  return key;
}

}  // namespace

std::filesystem::path trace_file(const TraceFileOptions& options) { return options.folder / kTraceName; }

Result<std::unique_ptr<TraceSink>> open_trace_file(TraceFileOptions options, const Clock& clock, Random& random) {
  auto folder = PrivateFolder::open_or_create(options.folder);
  if (!folder) return fail(std::move(folder.error()));
  auto key = fingerprint_key(*folder, random);
  if (!key) return fail(std::move(key.error()));
  auto file = folder->open_to_append(kTraceName);
  if (!file) return fail(std::move(file.error()));
  return std::make_unique<TraceFile>(std::move(options), clock, *std::move(folder), *std::move(file), *std::move(key));
}

}  // namespace mimir::oauth
