"""A certificate authority of our own, as an institution's network has one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pathlib import Path


def certify(folder: Path, host: str) -> Path:
    """Write ``fullchain.pem`` and ``key.pem`` for *host* into *folder*; give the authority's certificate."""
    authority, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of a test")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)

    def begun(name: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        built = x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key)
        built = built.serial_number(x509.random_serial_number())
        return built.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))

    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    key_id = x509.SubjectKeyIdentifier.from_public_key(authority.public_key())
    root = (
        begun(issuer, authority.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(key_id, critical=False)
        .sign(authority, SHA256())
    )
    leaf = (
        begun(subject, own.public_key())
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(key_id), critical=False)
        .sign(authority, SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "fullchain.pem").write_bytes(leaf.public_bytes(Encoding.PEM))
    secret = own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(secret)
    trusted = folder / "authority.pem"
    trusted.write_bytes(root.public_bytes(Encoding.PEM))
    return trusted
