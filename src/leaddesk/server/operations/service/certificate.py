"""The server's own TLS: TLS 1.2 with forward secrecy or 1.3, and a pair that is read anew while it serves.

Connections that are there keep what they have agreed on; new ones are shown the new certificate. Source of
the ciphers: Mozilla's "intermediate" profile 5.7, BSI TR-02102-2.
"""

import logging
import ssl
from pathlib import Path

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""For TLS 1.2; those of 1.3 are all good."""

_log = logging.getLogger(__name__)


def certificate_of(certificate: Path | None, key: Path | None) -> "Certificate | None":
    """Read a pair, if there is to be one. Raises as :class:`Certificate`."""
    return None if certificate is None or key is None else Certificate(certificate, key)


class Certificate:
    """A certificate with its chain, its key, and the context that shows them. Raises :class:`OSError` and
    ``ValueError`` for a pair that cannot be used.
    """

    def __init__(self, certificate: Path, key: Path) -> None:
        self._certificate = certificate
        self._key = key
        self.context = self._fresh()
        self.ends_at = self._end()

    def reload(self) -> bool:
        """Read the pair anew; one that cannot be used leaves the old one in place. Tells whether it was."""
        try:
            self._fresh()  # half a pair must not reach the context that is in use
            ends_at = self._end()
            self.context.load_cert_chain(self._certificate, self._key)
        except (OSError, ValueError) as wrong:  # ssl's errors are OSErrors
            _log.error("certificate not read anew: %s", type(wrong).__name__)
            return False
        self.ends_at = ends_at
        _log.info("certificate read anew")
        return True

    def _fresh(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(CIPHERS)
        context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
        context.load_cert_chain(self._certificate, self._key)
        return context

    def _end(self) -> float:
        """Return when it ends, in seconds since the epoch. Raises ``ValueError``, ``OSError``."""
        from cryptography.x509 import load_pem_x509_certificate

        return load_pem_x509_certificate(self._certificate.read_bytes()).not_valid_after_utc.timestamp()
