#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include <mimir/oauth/callback_session.hpp>
#include <mimir/oauth/pasted_callback.hpp>

#include "internal/secret_form.hpp"
#include "internal/unique_fd.hpp"

namespace mimir::oauth {
namespace {

class DescriptorPasteSource final : public PasteSource {
 public:
  explicit DescriptorPasteSource(int descriptor) : descriptor_(descriptor) {}
  DescriptorPasteSource(const DescriptorPasteSource&) = delete;
  DescriptorPasteSource& operator=(const DescriptorPasteSource&) = delete;
  ~DescriptorPasteSource() override { internal::wipe(buffer_); }

  std::optional<Secret> read_line(std::stop_token stop) override {
    const internal::UniqueFd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake) return std::nullopt;
    const std::stop_callback on_stop(stop, [&wake] { ::eventfd_write(wake.get(), 1); });
    while (true) {
      if (auto line = next_line()) return line;
      if (is_at_end_ || stop.stop_requested()) return std::nullopt;
      std::array<pollfd, 2> polled{pollfd{.fd = descriptor_, .events = POLLIN, .revents = 0},
                                   pollfd{.fd = wake.get(), .events = POLLIN, .revents = 0}};
      if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) return std::nullopt;
      if (stop.stop_requested()) return std::nullopt;
      if (polled[0].revents != 0) read_some();
    }
  }

 private:
  void read_some() {
    std::array<char, 4096> chunk{};
    const ssize_t got = ::read(descriptor_, chunk.data(), chunk.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got <= 0) {
      is_at_end_ = true;
      return;
    }
    buffer_.append(chunk.data(), static_cast<std::size_t>(got));
    if (buffer_.find('\n') == std::string::npos && buffer_.size() > CallbackSession::kMaxRequestBytes) {
      internal::wipe(buffer_);  // nothing that long is a response; its rest will not look like one either
    }
  }

  std::optional<Secret> next_line() {
    const auto end = buffer_.find('\n');
    if (end == std::string::npos) return std::nullopt;
    Secret line(std::string_view(buffer_).substr(0, end));
    std::string rest = buffer_.substr(end + 1);
    internal::wipe(buffer_);
    buffer_ = std::move(rest);
    return line;
  }

  const int descriptor_;
  std::string buffer_;
  bool is_at_end_ = false;
};

}  // namespace

std::unique_ptr<PasteSource> make_descriptor_paste_source(int descriptor) {
  return std::make_unique<DescriptorPasteSource>(descriptor);
}

}  // namespace mimir::oauth
