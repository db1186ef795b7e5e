// Documents over TLS: whose certificate is believed (RFC 9110 §4.3.4).
#include <mockoauth/wire/fetcher.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/openssl_handles.hpp"

namespace mockoauth::wire {
namespace {

/// A key and a certificate for `localhost` that it signed itself, in a file of their own.
class LocalhostIdentity {
 public:
  LocalhostIdentity()
      : key_(EVP_EC_gen("P-256")), certificate_(X509_new()),
        path_(std::filesystem::temp_directory_path() / ("fetcher-tls-" + std::to_string(::getpid()) + ".pem")) {
    X509_set_version(certificate_.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate_.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate_.get()), 3600);
    X509_set_pubkey(certificate_.get(), key_.get());
    X509_NAME* name = X509_get_subject_name(certificate_.get());
    const unsigned char common_name[] = "localhost";
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0);
    X509_set_issuer_name(certificate_.get(), name);
    add(NID_basic_constraints, "critical,CA:TRUE");
    add(NID_subject_alt_name, "DNS:localhost");
    X509_sign(certificate_.get(), key_.get(), EVP_sha256());
    std::unique_ptr<std::FILE, OpenSslFreer<std::fclose>> file(std::fopen(path_.c_str(), "w"));
    PEM_write_X509(file.get(), certificate_.get());
  }
  ~LocalhostIdentity() { std::filesystem::remove(path_); }
  LocalhostIdentity(const LocalhostIdentity&) = delete;
  LocalhostIdentity& operator=(const LocalhostIdentity&) = delete;

  void put_into(SSL_CTX* context) const {
    SSL_CTX_use_certificate(context, certificate_.get());
    SSL_CTX_use_PrivateKey(context, key_.get());
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  void add(int kind, const char* value) {
    X509Extension extension(X509V3_EXT_conf_nid(nullptr, nullptr, kind, value));
    X509_add_ext(certificate_.get(), extension.get(), -1);
  }

  EvpKey key_;
  X509Certificate certificate_;
  std::filesystem::path path_;
};

/// Answers one connection over TLS.
class TlsServer {
 public:
  explicit TlsServer(const LocalhostIdentity& identity) {
    identity.put_into(context_.native_handle());
    thread_ = std::thread([this] { answer(); });
  }
  ~TlsServer() { thread_.join(); }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  [[nodiscard]] std::string url(const std::string& host) const {
    return "https://" + host + ":" + std::to_string(acceptor_.local_endpoint().port()) + "/app";
  }

 private:
  void answer() {
    boost::system::error_code failed;
    boost::asio::ssl::stream<boost::asio::ip::tcp::socket> stream(io_, context_);
    acceptor_.accept(stream.next_layer(), failed);
    if (!failed) stream.handshake(boost::asio::ssl::stream_base::server, failed);
    if (failed) return;
    char request[4096];
    stream.read_some(boost::asio::buffer(request), failed);
    const std::string text = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    boost::asio::write(stream, boost::asio::buffer(text), failed);
  }

  boost::asio::io_context io_{1};
  boost::asio::ssl::context context_{boost::asio::ssl::context::tls_server};
  boost::asio::ip::tcp::acceptor acceptor_{io_, {boost::asio::ip::address_v4::loopback(), 0}};
  std::thread thread_;
};

TEST(FetcherTls, BelievesACertificateThatTheSystemTrustsForThisHost) {
  const LocalhostIdentity identity;
  const TlsServer tls(identity);
  ::setenv("SSL_CERT_FILE", identity.path().c_str(), 1);
  const auto document = make_fetcher()->fetch(tls.url("localhost"), {});
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(document->status, 200);
  EXPECT_EQ(document->content_type, "application/json");
  EXPECT_EQ(document->body, "{}");
}

TEST(FetcherTls, BelievesNoCertificateForAnotherHost) {
  const LocalhostIdentity identity;
  const TlsServer tls(identity);
  ::setenv("SSL_CERT_FILE", identity.path().c_str(), 1);
  const auto document = make_fetcher()->fetch(tls.url("127.0.0.1"), {});
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, "fetch.failed");
  EXPECT_THAT(document.error().message, ::testing::HasSubstr("its certificate: IP address mismatch"));
}

TEST(FetcherTls, BelievesNoCertificateThatNobodyVouchesFor) {
  const LocalhostIdentity identity;
  const TlsServer tls(identity);
  ::setenv("SSL_CERT_FILE", "/dev/null", 1);
  const auto document = make_fetcher()->fetch(tls.url("localhost"), {});
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, "fetch.failed");
  EXPECT_THAT(document.error().message, ::testing::HasSubstr("its certificate: self-signed certificate"));
}

}  // namespace
}  // namespace mockoauth::wire
