#include <mockoauth/wire/listener.hpp>

#include "wire/openssl_handles.hpp"
#include "wire/tests/raw_client.hpp"
#include "wire/tests/tls_client.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mockoauth::wire {
namespace {

using server::Arrival;
using server::Welcome;
using testing::body_of;
using testing::RawClient;
using testing::TlsClient;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kGetPath = "GET /path HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

class TlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto authority = TlsAuthority::create();
    ASSERT_TRUE(authority.has_value()) << authority.error().message;
    authority_ = *authority;
    auto listener = Listener::bind({.threads = 1, .tls = authority_});
    ASSERT_TRUE(listener.has_value()) << listener.error().message;
    listener_ = std::move(*listener);
    listener_->start({.handler = [this](const server::HttpRequest& request) {
                        const std::lock_guard lock(mutex_);
                        shown_ = request.client_certificate;
                        return server::HttpResponse{.body = request.path() == "/large" ? std::string(3'000'000, 'x')
                                                                                       : request.target};
                      },
                      .welcome = [this](const Arrival& arrival) {
                        const std::lock_guard lock(mutex_);
                        if (arrival.at == Arrival::At::Accept) return accept_;
                        server_name_ = arrival.server_name;
                        return handshake_;
                      }});
  }
  void TearDown() override { listener_.reset(); }

  std::unique_ptr<TlsClient> connect(const std::string& host = "localhost") {
    return std::make_unique<TlsClient>(listener_->port(), authority_->ca_pem(), host);
  }
  std::string distrust_of(Welcome::Certificate kind) {
    meet_by({.certificate = kind});
    const auto client = connect();
    EXPECT_FALSE(client->is_open());
    return client->distrust();
  }

  void meet_by(Welcome handshake) {
    const std::lock_guard lock(mutex_);
    handshake_ = handshake;
  }
  std::string server_name() {
    const std::lock_guard lock(mutex_);
    return server_name_;
  }
  std::string shown() {
    const std::lock_guard lock(mutex_);
    return shown_;
  }

  std::shared_ptr<TlsAuthority> authority_;
  std::mutex mutex_;
  Welcome accept_;
  Welcome handshake_;
  std::string server_name_;
  std::string shown_;
  std::unique_ptr<Listener> listener_;
};

TEST_F(TlsTest, AnswersToAClientThatTrustsItsCa) {
  EXPECT_THAT(listener_->origin(), StartsWith("https://127.0.0.1:"));
  const auto client = connect();
  ASSERT_TRUE(client->is_open()) << client->error();
  EXPECT_EQ(body_of(client->ask(kGetPath)), "/path");
  EXPECT_TRUE(client->ended_in_order());
  EXPECT_EQ(server_name(), "localhost");
  EXPECT_EQ(shown(), "");
}

TEST_F(TlsTest, HasACertificateForWhateverNameIsAskedFor) {
  const auto client = connect("realm-7.localhost");
  ASSERT_TRUE(client->is_open()) << client->distrust();
  EXPECT_EQ(server_name(), "realm-7.localhost");
}

TEST_F(TlsTest, IsNotBelievedByAClientOfAnotherRun) {
  const auto other = TlsAuthority::create();
  ASSERT_TRUE(other.has_value());
  const TlsClient client(listener_->port(), (*other)->ca_pem(), "localhost");
  EXPECT_FALSE(client.is_open());
}

TEST_F(TlsTest, SendsLargeAnswersWhole) {
  const auto client = connect();
  ASSERT_TRUE(client->is_open());
  EXPECT_EQ(body_of(client->ask("GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")), std::string(3'000'000, 'x'));
}

TEST_F(TlsTest, ShowsBadCertificatesWhenItIsToldTo) {
  EXPECT_THAT(distrust_of(Welcome::Certificate::Expired), HasSubstr("expired"));
  EXPECT_THAT(distrust_of(Welcome::Certificate::NotYetValid), HasSubstr("not yet valid"));
  EXPECT_THAT(distrust_of(Welcome::Certificate::WrongHost), HasSubstr("hostname mismatch"));
  EXPECT_THAT(distrust_of(Welcome::Certificate::SelfSigned), HasSubstr("self-signed"));
  EXPECT_THAT(distrust_of(Welcome::Certificate::UnknownCa), HasSubstr("unable to get local issuer"));
  EXPECT_THAT(distrust_of(Welcome::Certificate::ForgedCa), HasSubstr("signature failure"));
  meet_by({});
  EXPECT_TRUE(connect()->is_open());
}

TEST_F(TlsTest, EndsTheHandshakeWithAnAlert) {
  meet_by({.deed = Welcome::Deed::Alert});
  const auto client = connect();
  EXPECT_FALSE(client->is_open());
  EXPECT_THAT(client->error(), HasSubstr("handshake failure"));
}

TEST_F(TlsTest, SpeaksOldVersionsOnlyWhenItIsToldTo) {
  meet_by({.old_protocol = true});
  EXPECT_FALSE(connect()->is_open());
  meet_by({});
  EXPECT_TRUE(connect()->is_open());
}

TEST_F(TlsTest, BreaksOffAtTheClientHello) {
  for (const auto deed : {Welcome::Deed::Close, Welcome::Deed::Reset, Welcome::Deed::Garbage}) {
    meet_by({.deed = deed});
    EXPECT_FALSE(connect()->is_open());
  }
  meet_by({});
  EXPECT_TRUE(connect()->is_open());
}

TEST_F(TlsTest, SilenceInOneHandshakeKeepsNobodyElseWaiting) {
  meet_by({.deed = Welcome::Deed::Stall});
  std::thread silent([&] { EXPECT_FALSE(connect()->is_open()); });
  while (server_name().empty()) std::this_thread::yield();
  meet_by({});
  const auto other = connect();
  EXPECT_TRUE(other->is_open());
  listener_->stop();
  silent.join();
}

TEST_F(TlsTest, AHalfOpenClientKeepsNobodyWaiting) {
  RawClient mute(listener_->port());
  RawClient half(listener_->port());
  ASSERT_TRUE(half.send("\x16\x03\x01"));
  EXPECT_TRUE(connect()->is_open());
}

TEST_F(TlsTest, PlainHttpIsRefusedWithoutAnAnswer) {
  RawClient client(listener_->port());
  ASSERT_TRUE(client.send(kGetPath));
  const auto got = client.read_to_end();
  EXPECT_TRUE(client.ended() || client.was_reset());
  EXPECT_EQ(got.find("HTTP/1.1 200"), std::string::npos);
}

TEST_F(TlsTest, ResetsAConnectionThatHasJustCome) {
  {
    const std::lock_guard lock(mutex_);
    accept_.deed = Welcome::Deed::Reset;
  }
  RawClient client(listener_->port());
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_TRUE(client.was_reset());
}

TEST_F(TlsTest, TakesACertificateOfTheClientWhenItAsksForOne) {
  const EvpKey key(EVP_EC_gen("P-256"));
  const X509Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate.get(), &der);
  const std::string expected(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);

  TlsClient unasked(listener_->port(), authority_->ca_pem(), "localhost", {key.get(), certificate.get()});
  ASSERT_TRUE(unasked.is_open());
  unasked.ask(kGetPath);
  EXPECT_EQ(shown(), "");
  meet_by({.asks_for_certificate = true});
  TlsClient asked(listener_->port(), authority_->ca_pem(), "localhost", {key.get(), certificate.get()});
  ASSERT_TRUE(asked.is_open()) << asked.error();
  asked.ask(kGetPath);
  EXPECT_EQ(shown(), expected);
}

}  // namespace
}  // namespace mockoauth::wire
