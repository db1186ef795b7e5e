#include "protocol/certificate.hpp"

#include <ctime>
#include <memory>

#include <mimir/codec/base64url.hpp>
#include <mimir/codec/digest.hpp>

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace mockoauth::server {
namespace {

struct Free {
  void operator()(X509* x) const { X509_free(x); }
  void operator()(BIO* b) const { BIO_free(b); }
  void operator()(EVP_PKEY* k) const { EVP_PKEY_free(k); }
  void operator()(GENERAL_NAMES* n) const { GENERAL_NAMES_free(n); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::string dn_of(X509* certificate) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  if (!bio) return {};
  X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  return normalized_dn(text_of(bio.get()));
}

std::optional<mimir::codec::Key> key_of(X509* certificate) {
  const Owned<EVP_PKEY> key(X509_get_pubkey(certificate));
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  if (!key || !bio || PEM_write_bio_PUBKEY(bio.get(), key.get()) != 1) return std::nullopt;
  auto read = mimir::codec::Key::from_pem(text_of(bio.get()));
  return read ? std::optional(*read) : std::nullopt;
}

std::string bytes_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)), static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string ip_text(const std::string& bytes) {
  std::string text;
  const bool is_v4 = bytes.size() == 4;
  for (std::size_t i = 0; i < bytes.size(); i += is_v4 ? 1 : 2) {
    if (!text.empty()) text += is_v4 ? '.' : ':';
    const auto at = [&](std::size_t n) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[n])); };
    if (is_v4) {
      text += std::to_string(at(i));
    } else if (i + 1 < bytes.size()) {
      char group[8];
      std::snprintf(group, sizeof group, "%x", at(i) * 256 + at(i + 1));
      text += group;
    }
  }
  return text;
}

void read_names(X509* x509, Certificate& certificate) {
  const Owned<GENERAL_NAMES> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(x509, NID_subject_alt_name, nullptr, nullptr)));
  if (!names) return;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) certificate.dns_names.push_back(bytes_of(name->d.dNSName));
    if (name->type == GEN_URI) certificate.uris.push_back(bytes_of(name->d.uniformResourceIdentifier));
    if (name->type == GEN_EMAIL) certificate.emails.push_back(bytes_of(name->d.rfc822Name));
    if (name->type == GEN_IPADD) certificate.ip_addresses.push_back(ip_text(bytes_of(name->d.iPAddress)));
  }
}

mimir::codec::TimePoint time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return mimir::codec::TimePoint(std::chrono::seconds(timegm(&parts)));
}

}  // namespace

std::optional<Certificate> Certificate::parse(std::string_view der) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const auto* end = bytes + der.size();
  const Owned<X509> x509(d2i_X509(nullptr, &bytes, static_cast<long>(der.size())));
  if (!x509 || bytes != end) return std::nullopt;
  Certificate certificate;
  certificate.subject_dn = dn_of(x509.get());
  read_names(x509.get(), certificate);
  certificate.not_before = time_of(X509_get0_notBefore(x509.get()));
  certificate.not_after = time_of(X509_get0_notAfter(x509.get()));
  certificate.key = key_of(x509.get());
  return certificate;
}

std::string certificate_thumbprint(std::string_view der) {
  return mimir::codec::base64url_encode(mimir::codec::sha256(der));
}

std::string normalized_dn(std::string_view text) {
  std::string out;
  bool in_type = true;     // Before the `=` of one attribute.
  bool is_escaped = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool separates = !is_escaped && (c == ',' || c == '+' || c == ';');
    if (separates) {
      while (!out.empty() && out.back() == ' ') out.pop_back();
      out += c == ';' ? ',' : c;
      in_type = true;
    } else if (in_type && c == ' ') {
      continue;
    } else if (in_type && c == '=') {
      out += c;
      in_type = false;
      while (i + 1 < text.size() && text[i + 1] == ' ') ++i;
    } else {
      out += in_type && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    is_escaped = !is_escaped && c == '\\';
  }
  return out;
}

}  // namespace mockoauth::server
