//! TLS: certificate and key from files, read again when they change, so that a renewed certificate needs no restart.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, crypto::ring};
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// Seconds between looks at the files.
const LOOK_S: u64 = 30;

/// The server's side of TLS.
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
    current: Arc<Current>,
    files: Arc<(PathBuf, PathBuf)>,
}

/// The certificate that is shown now.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.0.read().ok().map(|key| key.clone())
    }
}

impl Tls {
    /// Reads a certificate (with the certificates above it) and its key, both PEM.
    ///
    /// # Errors
    /// What is wrong, and with which file.
    pub fn from_files(cert: &Path, key: &Path) -> Result<Self, String> {
        let current = Arc::new(Current(RwLock::new(Arc::new(read(cert, key)?))));
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|e| e.to_string())?
            .with_no_client_auth()
            .with_cert_resolver(current.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let files = Arc::new((cert.to_owned(), key.to_owned()));
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), current, files })
    }

    /// The handshake.
    ///
    /// # Errors
    /// When the other side does not speak TLS, or not a version that is still safe.
    pub async fn accept<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
    ) -> std::io::Result<TlsStream<S>> {
        self.acceptor.accept(stream).await
    }

    /// Looks at the files for as long as it is polled, and takes a changed certificate. A broken one is logged, and the old one stays.
    pub async fn follow(self) {
        let (cert, key) = &*self.files;
        let mut seen = (changed(cert), changed(key));
        loop {
            tokio::time::sleep(Duration::from_secs(LOOK_S)).await;
            let now = (changed(cert), changed(key));
            if now != seen {
                seen = now;
                self.reload();
            }
        }
    }

    /// Reads the files now.
    fn reload(&self) {
        match read(&self.files.0, &self.files.1) {
            Ok(read) => {
                if let Ok(mut current) = self.current.0.write() {
                    *current = Arc::new(read);
                    tracing::info!("the TLS certificate was read again");
                }
            }
            Err(e) => tracing::error!("the TLS certificate stays as it was: {e}"),
        }
    }
}

fn changed(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file).and_then(|m| m.modified()).ok()
}

fn read(cert: &Path, key: &Path) -> Result<CertifiedKey, String> {
    let fault =
        |file: &Path, e: rustls::pki_types::pem::Error| format!("cannot read {}: {e}", file.display());
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| fault(cert, e))?;
    if chain.is_empty() {
        return Err(format!("{} holds no certificate", cert.display()));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|e| fault(key, e))?;
    let pair = CertifiedKey::from_der(chain, secret, &ring::default_provider())
        .map_err(|e| format!("{} and {} do not fit: {e}", cert.display(), key.display()))?;
    Ok(pair)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renewed_certificate_is_taken_and_a_broken_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let (cert, key) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
        let write = || {
            let made = rcgen::generate_simple_self_signed(vec!["yulin.test".to_owned()]).unwrap();
            std::fs::write(&cert, made.cert.pem()).unwrap();
            std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        };
        write();
        let tls = Tls::from_files(&cert, &key).unwrap();
        let shown = || tls.current.0.read().unwrap().cert.clone();
        let first = shown();
        write();
        tls.reload();
        let second = shown();
        assert_ne!(first, second);
        std::fs::write(&cert, "no certificate").unwrap();
        tls.reload();
        assert_eq!(shown(), second);
        assert!(Tls::from_files(&cert, &key).err().unwrap().contains("cert.pem"));
    }
}
