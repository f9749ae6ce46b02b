//! Which certificates a relay may show.

use std::{error::Error, io, path::Path, sync::Arc};

use rollcall_wire::Failure;
use rustls::{
    ClientConfig,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use rustls_platform_verifier::Verifier;

/// Trusts what this computer trusts, and certificates of the organisation's own.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    own: Vec<CertificateDer<'static>>,
}

impl Trust {
    /// With the certificates of this file (PEM); one that cannot be read is told of, and done without.
    pub(crate) fn of(file: Option<&Path>) -> (Self, Option<Failure>) {
        let Some(file) = file else { return (Self::default(), None) };
        let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        match read {
            Ok(own) if !own.is_empty() => (Self { own }, None),
            _ => {
                tracing::warn!("the file of the relay's own certificates cannot be read");
                (Self::default(), Some(Failure::BadField { field: "relay.ca".to_owned() }))
            }
        }
    }

    /// TLS as a client, by this trust.
    pub(crate) fn tls(&self) -> Result<ClientConfig, Failure> {
        let provider = Arc::new(ring::default_provider());
        let built = Verifier::new_with_extra_roots(self.own.iter().cloned(), Arc::clone(&provider)).and_then(
            |verifier| {
                let client =
                    ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
                // "Dangerous" is any verifier that is handed in; this one is the operating system's.
                let client = client.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
                Ok(client.with_no_client_auth())
            },
        );
        built.map_err(|error| {
            tracing::error!(%error, "TLS cannot be set up");
            Failure::RelayUnreachable
        })
    }
}

/// Why there was no answer: a certificate that is not trusted is not a network that is down.
pub(crate) fn unreached(error: &(dyn Error + 'static)) -> Failure {
    if is_distrust(error) { Failure::CertificateRefused } else { Failure::RelayUnreachable }
}

fn is_distrust(error: &(dyn Error + 'static)) -> bool {
    if let Some(rustls::Error::InvalidCertificate(_)) = error.downcast_ref() {
        return true;
    }
    // The source of an I/O error is that of the error inside it, not that error.
    let inside = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    let cause = inside.map(|inside| inside as &(dyn Error + 'static)).or_else(|| error.source());
    cause.is_some_and(is_distrust)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_holds_no_certificate_is_told_of() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        let told = Some(Failure::BadField { field: "relay.ca".to_owned() });
        assert_eq!(Trust::of(Some(&file)).1, told);

        std::fs::write(&file, "no certificate").unwrap();

        assert_eq!(Trust::of(Some(&file)).1, told);
        assert_eq!(Trust::of(None).1, None);
    }
}
