//! A relay's certificate, as a person can compare it.

use chrono::DateTime;
use rollcall_wire::window::Certificate;
use sha2::{Digest as _, Sha256};
use x509_parser::{
    certificate::X509Certificate, extensions::GeneralName, prelude::FromDer as _, x509::X509Name,
};

/// Reads a certificate (DER); nothing when it is none.
pub(super) fn read(der: &[u8]) -> Option<Certificate> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let expires = DateTime::from_timestamp(certificate.validity().not_after.timestamp(), 0)?;
    let subject = name(certificate.subject()).or_else(|| hosts(&certificate)).unwrap_or_default();
    Some(Certificate {
        subject,
        issuer: name(certificate.issuer()).unwrap_or_default(),
        sha256: hex::encode(Sha256::digest(der)),
        expires,
    })
}

/// The common name and the organisation, as far as there are any.
fn name(name: &X509Name<'_>) -> Option<String> {
    let common = name.iter_common_name().filter_map(|part| part.as_str().ok());
    let organisation = name.iter_organization().filter_map(|part| part.as_str().ok());
    let parts: Vec<&str> = common.chain(organisation).filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The hosts that it is for: newer certificates have no other name.
fn hosts(certificate: &X509Certificate<'_>) -> Option<String> {
    let names = certificate.subject_alternative_name().ok()??;
    let hosts = names.value.general_names.iter().filter_map(|name| match name {
        GeneralName::DNSName(host) => Some(*host),
        _ => None,
    });
    let hosts: Vec<&str> = hosts.collect();
    (!hosts.is_empty()).then(|| hosts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, date_time_ymd};

    fn signed(change: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
        let mut params = CertificateParams::new(vec!["relay.example.org".to_owned()]).unwrap();
        params.not_after = date_time_ymd(2031, 5, 6);
        params.distinguished_name = DistinguishedName::new();
        change(&mut params);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
    }

    #[test]
    fn a_certificate_is_told_by_its_names_its_end_and_its_fingerprint() {
        let der = signed(|params| {
            params.distinguished_name.push(DnType::CommonName, "relay.example.org");
            params.distinguished_name.push(DnType::OrganizationName, "Example Ltd");
        });

        let read = read(&der).unwrap();

        assert_eq!(read.subject, "relay.example.org, Example Ltd");
        assert_eq!(read.issuer, read.subject);
        assert_eq!(read.expires.to_string(), "2031-05-06 00:00:00 UTC");
        assert_eq!(read.sha256.len(), 64);
    }

    #[test]
    fn a_certificate_without_a_name_is_told_by_its_hosts() {
        assert_eq!(read(&signed(|_| {})).unwrap().subject, "relay.example.org");
        assert_eq!(read(b"no certificate"), None);
    }
}
