// What the transport makes of a server's TLS, good and bad. The server is the mock server's listener.
#include <mimir/oauth/http_transport.hpp>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mockoauth/wire/listener.hpp>

namespace mimir::oauth {
namespace {

using mockoauth::server::Arrival;
using mockoauth::server::Welcome;
using mockoauth::wire::Listener;
using mockoauth::wire::TlsAuthority;
using ::testing::HasSubstr;
using Certificate = Welcome::Certificate;

class CurlTls : public ::testing::Test {
 protected:
  void SetUp() override {
    authority_ = TlsAuthority::create().value();
    listener_ = Listener::bind({.threads = 1, .tls = authority_}).value();
    listener_->start({.handler = [this](const mockoauth::server::HttpRequest&) {
                        ++requests_;
                        return mockoauth::server::HttpResponse{.body = "{}"};
                      },
                      .welcome = [this](const Arrival& arrival) {
                        const std::lock_guard lock(mutex_);
                        return arrival.at == Arrival::At::Handshake ? welcome_ : Welcome();
                      }});
    ca_file_ = std::filesystem::temp_directory_path() / ("mimir-curl-tls-" + std::to_string(::getpid()) + ".pem");
    std::ofstream(ca_file_) << authority_->ca_pem();
  }
  void TearDown() override {
    listener_.reset();
    std::filesystem::remove(ca_file_);
  }

  HttpOutcome post_secret(const Welcome& welcome = {}, const std::string& ca_file = {}) {
    {
      const std::lock_guard lock(mutex_);
      welcome_ = welcome;
    }
    const auto transport = make_curl_transport({.ca_file = ca_file.empty() ? ca_file_.string() : ca_file});
    return transport->send({.method = "POST", .url = "https://localhost:" + std::to_string(listener_->port()) + "/token",
                            .headers = {{"Authorization", "Bearer secret-token"}}, .body = Secret("refresh_token=secret")}, {});
  }
  void expect_nothing_sent(const HttpOutcome& outcome, const std::string& code, Category category) {
    ASSERT_FALSE(outcome.response);
    EXPECT_EQ(outcome.response.error().code, code);
    EXPECT_EQ(outcome.response.error().category, category);
    EXPECT_EQ(outcome.sent, Sent::No);
    EXPECT_EQ(requests_, 0);
    EXPECT_EQ(outcome.response.error().message.find("secret"), std::string::npos);
  }

  std::shared_ptr<TlsAuthority> authority_;
  std::mutex mutex_;
  Welcome welcome_;
  std::atomic<int> requests_ = 0;
  std::filesystem::path ca_file_;
  std::unique_ptr<Listener> listener_;
};

TEST_F(CurlTls, SendsToAServerWhoseCertificateIsGood) {
  const auto outcome = post_secret();
  ASSERT_TRUE(outcome.response) << outcome.response.error().message;
  EXPECT_EQ(outcome.sent, Sent::Yes);
  EXPECT_EQ(requests_, 1);
}

TEST_F(CurlTls, SendsNothingToAServerWhoseCertificateIsBad) {
  for (const auto certificate : {Certificate::Expired, Certificate::NotYetValid, Certificate::WrongHost,
                                 Certificate::SelfSigned, Certificate::UnknownCa, Certificate::ForgedCa}) {
    expect_nothing_sent(post_secret({.certificate = certificate}), "tls.untrusted", Category::AttackSuspected);
  }
}

TEST_F(CurlTls, SaysWhatIsWrongWithACertificateAndWhatToDo) {
  const auto error = post_secret({.certificate = Certificate::Expired}).response.error();
  EXPECT_THAT(error.message, HasSubstr("expired"));
  EXPECT_THAT(error.hint, HasSubstr("SSL_CERT_FILE"));
}

TEST_F(CurlTls, TrustsNoCaButThoseItWasGiven) {
  const auto stranger = TlsAuthority::create().value();
  const auto path = ca_file_.string() + ".stranger";
  std::ofstream(path) << stranger->ca_pem();
  expect_nothing_sent(post_secret({}, path), "tls.untrusted", Category::AttackSuspected);
  std::filesystem::remove(path);
}

TEST_F(CurlTls, NamesAFileOfCasThatCannotBeRead) {
  expect_nothing_sent(post_secret({}, "/nowhere/ca.pem"), "tls.ca_file", Category::LocalEnvironment);
}

TEST_F(CurlTls, SpeaksNoOldVersion) {
  expect_nothing_sent(post_secret({.old_protocol = true}), "tls.handshake", Category::TryLater);
}

TEST_F(CurlTls, SaysThatAHandshakeFailed) {
  for (const auto deed : {Welcome::Deed::Alert, Welcome::Deed::Garbage, Welcome::Deed::Close, Welcome::Deed::Reset}) {
    expect_nothing_sent(post_secret({.deed = deed}), "tls.handshake", Category::TryLater);
  }
}

}  // namespace
}  // namespace mimir::oauth
