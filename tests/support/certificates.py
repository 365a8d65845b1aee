"""Certificates for this machine, good for a day; and an authority that makes good and bad ones."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
HERE = ("localhost", "127.0.0.1")
DAY = timedelta(days=1)


def self_signed(folder: Path, name: str = "tls") -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1 and localhost, its own authority, and its key; gives both files."""
    private, nobody = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now, places = datetime.now(UTC), [x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")]
    made = (
        x509.CertificateBuilder(nobody, nobody, private.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(places), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, hashes.SHA256())
    )
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(pem_of(private))
    return certificate, key


def pem_of(thing: PrivateKey | x509.Certificate) -> bytes:
    """Encode a key or a certificate."""
    if isinstance(thing, x509.Certificate):
        return thing.public_bytes(serialization.Encoding.PEM)
    pkcs8, open_ = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return thing.private_bytes(serialization.Encoding.PEM, pkcs8, open_)


def strong() -> PrivateKey:
    """Draw a key as everybody has."""
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class Recipe:
    """What a certificate says; each field's default is right, so that a bad one differs in one thing."""

    names: tuple[str, ...] = HERE
    since: timedelta = -DAY
    until: timedelta = DAY
    common_name: str = "server"
    authority: bool = False
    path_length: int | None = None
    usages: tuple[x509.ObjectIdentifier, ...] = (ExtendedKeyUsageOID.SERVER_AUTH,)
    signs_certificates: bool | None = None
    excluded: str | None = None
    strange: bool = False
    digest: hashes.HashAlgorithm = field(default_factory=hashes.SHA256)
    key: PrivateKey = field(default_factory=strong)


@dataclass(frozen=True)
class Made:
    """A certificate, its key, and what has to be sent with it."""

    certificate: x509.Certificate
    key: PrivateKey
    chain: tuple[x509.Certificate, ...] = ()

    def context(self, folder: Path) -> ssl.SSLContext:
        """Return what a server presents."""
        both = folder / f"{self.certificate.serial_number}.pem"
        both.write_bytes(b"".join(map(pem_of, (self.key, self.certificate, *self.chain))))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.load_cert_chain(both)
        both.unlink()
        return context


def root(common_name: str = "authority", **more: object) -> Made:
    """Make an authority that answers for itself."""
    return issued(None, Recipe(common_name=common_name, authority=True, names=(), usages=(), **more))  # type: ignore[arg-type]


def issued(by: Made | None, recipe: Recipe) -> Made:
    """Make a certificate; without an issuer it answers for itself."""
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, recipe.common_name)])
    issuer = own if by is None else by.certificate.subject
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder(issuer, own, recipe.key.public_key(), x509.random_serial_number())
        .not_valid_before(now + recipe.since)
        .not_valid_after(now + recipe.until)
        .add_extension(x509.BasicConstraints(recipe.authority, recipe.path_length), critical=True)
    )
    for extension, critical in _extensions(recipe):
        builder = builder.add_extension(extension, critical=critical)
    made = builder.sign(recipe.key if by is None else by.key, recipe.digest)  # type: ignore[arg-type]
    chain = (
        () if by is None or by.certificate.issuer == by.certificate.subject else (by.certificate, *by.chain)
    )
    return Made(made, recipe.key, chain)


def _extensions(recipe: Recipe) -> list[tuple[x509.ExtensionType, bool]]:
    found: list[tuple[x509.ExtensionType, bool]] = []
    if recipe.names:
        found.append((x509.SubjectAlternativeName([_name(one) for one in recipe.names]), False))
    if recipe.usages:
        found.append((x509.ExtendedKeyUsage(recipe.usages), False))
    if recipe.authority:
        signs = recipe.signs_certificates is not False
        found.append((_usage(signs), True))
    if recipe.excluded is not None:
        excluded = [x509.DNSName(recipe.excluded)]
        found.append((x509.NameConstraints(None, excluded), True))
    if recipe.strange:
        found.append(
            (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.55555.1"), b"\x05\x00"), True)
        )
    return found


def _usage(signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        return x509.DNSName(text.removeprefix("dns:"))
