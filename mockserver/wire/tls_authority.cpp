#include <mockoauth/wire/tls_authority.hpp>

#include <algorithm>

#include <openssl/pem.h>
#include <openssl/rand.h>

#include "wire/tls_authority_impl.hpp"

namespace mockoauth::wire {
namespace {

using Kind = server::Welcome::Certificate;

constexpr long kDay = 24L * 3600;
// A client's clock may be moved by days or years in a test: what is good stays good, what is bad stays bad.
constexpr long kLongAgo = -400 * kDay;
constexpr long kLongAhead = 3650 * kDay;
constexpr std::size_t kMostNames = 64;

struct Validity {
  long from;
  long to;
};

Validity validity_of(Kind kind) {
  if (kind == Kind::Expired) return {kLongAgo, -kDay};
  if (kind == Kind::NotYetValid) return {kLongAhead, kLongAhead + 365 * kDay};
  return {kLongAgo, kLongAhead};
}

bool add_extension(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const X509Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

void set_name(X509_NAME* name, const char* organization, const char* common_name) {
  const auto add = [&](const char* field, const char* text) {
    X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text), -1, -1, 0);
  };
  add("O", organization);
  add("CN", common_name);
}

// RFC 5280 §4.1.2.2: positive, at most 20 octets, never the same twice.
bool set_serial(X509* certificate) {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof bytes) != 1) return false;
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);
  BIGNUM* number = BN_bin2bn(bytes, sizeof bytes, nullptr);
  const bool done = number != nullptr && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  return done;
}

X509Certificate begin(EVP_PKEY* key, Validity validity) {
  X509Certificate certificate(X509_new());
  if (!certificate || X509_set_version(certificate.get(), X509_VERSION_3) != 1 || !set_serial(certificate.get())) return {};
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), validity.from);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), validity.to);
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

// A name of its own for each run: by the file of another run a client fails with "unknown issuer", not with a riddle.
std::string name_of_run() {
  unsigned char bytes[4] = {};
  RAND_bytes(bytes, sizeof bytes);
  std::string name = "mockoauth CA of this run ";
  for (const unsigned char byte : bytes) name += {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
  return name;
}

X509Certificate make_ca(EVP_PKEY* key, const std::string& name) {
  auto certificate = begin(key, {kLongAgo, kLongAhead});
  if (!certificate) return {};
  X509* made = certificate.get();
  set_name(X509_get_subject_name(made), "mockoauth, for tests only", name.c_str());
  X509_set_issuer_name(made, X509_get_subject_name(made));
  const bool done = add_extension(made, made, NID_basic_constraints, "critical,CA:TRUE") &&
                    add_extension(made, made, NID_key_usage, "critical,keyCertSign,cRLSign") &&
                    add_extension(made, made, NID_subject_key_identifier, "hash") &&
                    X509_sign(made, key, EVP_sha256()) != 0;
  return done ? std::move(certificate) : nullptr;
}

// Only what can stand in a DNS name gets into the text that OpenSSL reads extensions from.
bool is_dns_name(const std::string& name) {
  return !name.empty() && name.size() <= 253 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

std::string to_pem(X509* certificate) {
  const OpenSslBio out(BIO_new(BIO_s_mem()));
  if (!out || PEM_write_bio_X509(out.get(), certificate) != 1) return {};
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace

X509Certificate TlsAuthority::Impl::make(Kind kind, const std::string& server_name) const {
  auto certificate = begin(key.get(), validity_of(kind));
  if (!certificate) return {};
  X509* made = certificate.get();
  set_name(X509_get_subject_name(made), "mockoauth, for tests only", "mock authorization server");
  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  if (is_dns_name(server_name)) names += ",DNS:" + server_name;
  if (kind == Kind::WrongHost) names = "DNS:another-host.invalid";

  const bool by_itself = kind == Kind::SelfSigned;
  const bool by_stranger = kind == Kind::UnknownCa || kind == Kind::ForgedCa;
  X509* issuer = by_itself ? made : kind == Kind::UnknownCa ? stranger.get() : kind == Kind::ForgedCa ? forged.get() : ca.get();
  EVP_PKEY* issuer_key = by_itself ? key.get() : by_stranger ? stranger_key.get() : ca_key.get();
  X509_set_issuer_name(made, X509_get_subject_name(issuer));
  const bool done = add_extension(made, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
                    add_extension(made, issuer, NID_key_usage, "critical,digitalSignature") &&
                    add_extension(made, issuer, NID_ext_key_usage, "serverAuth") &&
                    add_extension(made, issuer, NID_subject_alt_name, names.c_str()) &&
                    X509_sign(made, issuer_key, EVP_sha256()) != 0;
  return done ? std::move(certificate) : nullptr;
}

X509* TlsAuthority::Impl::certificate_for(Kind kind, const std::string& server_name) {
  const std::lock_guard lock(mutex_);
  // Whoever asks by ever new names gets certificates without them rather than memory without end.
  const bool is_known = made_.contains({kind, server_name});
  const std::string name = is_known || made_.size() < kMostNames ? server_name : std::string();
  auto& made = made_[{kind, name}];
  if (!made) made = make(kind, name);
  return made.get();
}

TlsAuthority::TlsAuthority() : impl_(new Impl) {}
TlsAuthority::~TlsAuthority() = default;

mimir::codec::Result<std::shared_ptr<TlsAuthority>> TlsAuthority::create() {
  std::shared_ptr<TlsAuthority> authority(new TlsAuthority);
  Impl& impl = *authority->impl_;
  for (EvpKey* key : {&impl.ca_key, &impl.stranger_key, &impl.key}) key->reset(EVP_EC_gen("P-256"));
  if (impl.ca_key && impl.stranger_key && impl.key) {
    const auto name = name_of_run();
    impl.ca = make_ca(impl.ca_key.get(), name);
    impl.forged = make_ca(impl.stranger_key.get(), name);
    impl.stranger = make_ca(impl.stranger_key.get(), "a CA that nobody trusts");
    impl.context.reset(SSL_CTX_new(TLS_server_method()));
  }
  X509* first = impl.ca && impl.stranger && impl.forged ? impl.certificate_for(Kind::Good, {}) : nullptr;
  if (first == nullptr || !impl.context || SSL_CTX_use_certificate(impl.context.get(), first) != 1 ||
      SSL_CTX_use_PrivateKey(impl.context.get(), impl.key.get()) != 1) {
    return mimir::codec::fail("tls.keys", "OpenSSL could not make keys and certificates for TLS");
  }
  SSL_CTX* context = impl.context.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);  // RFC 8996
  // A resumed session shows no certificate: each connection is to be met anew, as the rules are then.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_client_hello_cb(context, on_tls_client_hello, nullptr);
  impl.ca_pem = to_pem(impl.ca.get());
  return authority;
}

const std::string& TlsAuthority::ca_pem() const { return impl_->ca_pem; }

}  // namespace mockoauth::wire
