"""A key service instead of the folder: nothing opens without it, and its failures lose nothing."""

import datetime as dt
import ssl
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from jalon.vault import crypto, keys, kms, providers
from jalon.vault.errors import KeyMissing, KeysAbsent, KeysUnavailable, Misplaced, Tampered
from jalon.vault.models import KeySlot

from .factories import row
from .transit import TOKEN, serving


@pytest.fixture(scope="module")
def served():
    with serving() as found:
        yield found


@pytest.fixture
def service(served, settings, tmp_path):
    """The program configured for the service, its secrets made."""
    found, address = served
    found.__init__()
    configure(settings, tmp_path, address)
    providers.provider().create()
    yield found
    keys.forget()


def configure(settings, tmp_path, address, ca="", cert=""):
    settings.KEY_DIR = tmp_path / "keys"
    settings.KEY_DIR.mkdir(mode=0o700, exist_ok=True)
    providers.write_once(tmp_path / "kms.token", TOKEN + "\n")
    settings.KMS = (address, "transit", "jalon", str(tmp_path / "kms.token"), ca, cert)
    keys.forget()


def test_keys_are_wrapped_there_and_bound_to_their_place(service):
    provider = providers.provider()
    key = crypto.new_key()
    slot = provider.wrap(key, "dossier-1", "G1", 3)
    assert crypto.slot_versions(slot) == (3, kms.BASE + 1)
    assert key not in slot
    assert provider.unwrap(slot, "dossier-1", "G1") == key
    for other in (("dossier-2", "G1"), ("dossier-1", "G2")):
        with pytest.raises(Tampered):
            provider.unwrap(slot, *other)
    with pytest.raises(Tampered):
        provider.unwrap(slot[:3] + b"\x04" + slot[4:], "dossier-1", "G1")
    with pytest.raises(Tampered):
        provider.unwrap(slot[:6] + b"vault:v1:../../sys/seal", "dossier-1", "G1")
    assert providers.verify() is None


def test_no_secret_is_in_clear_in_the_folder(service, settings):
    secret = providers.provider().secret("journal")
    held = {path.name: path.read_bytes() for path in settings.KEY_DIR.iterdir()}
    assert set(held) == {"journal.kms", "token.kms", "web.key"}
    assert not any(secret in text or secret.hex().encode() in text for text in held.values())
    calls = len(service.calls)
    assert providers.provider().secret("journal") == secret
    assert len(service.calls) == calls
    with pytest.raises(KeyMissing):
        providers.provider().secret("web")


@pytest.mark.django_db
def test_from_the_folder_to_the_service_and_its_rotation(served, settings, tmp_path):
    service, address = served
    service.__init__()
    settings.KEY_DIR = tmp_path / "keys"
    providers.create_keys(settings.KEY_DIR)
    keys.forget()
    keys.ensure("dossier-1", "G1")
    record = row()
    record.seal({"a": 1})
    record.save()
    signed = keys.sign(b"head")
    configure(settings, tmp_path, address)
    with pytest.raises(Misplaced, match="en clair"):
        providers.verify()
    assert set(providers.provider().create()) == {"journal.kms", "token.kms"}
    assert providers.provider().create() == []
    assert not (settings.KEY_DIR / "journal.key").exists()
    assert keys.rewrap_all() == 1
    (settings.KEY_DIR / "kek-1.key").unlink()
    keys.forget()
    record.refresh_from_db()
    assert record.unseal() == {"a": 1}
    assert keys.signature_is_valid(signed, b"head")
    assert keys.renew_kek() == kms.BASE + 2
    assert keys.rewrap_all() == 1
    assert KeySlot.objects.get().kek_version == kms.BASE + 2
    service.keys[0] = crypto.new_key()  # the service forgets the former version
    keys._unwrapped.cache_clear()
    assert record.unseal() == {"a": 1}


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_service_that_refuses_is_unavailable(service, status):
    slot = providers.provider().wrap(crypto.new_key(), "dossier-1", "G1", 1)
    service.status = status
    with pytest.raises(KeysUnavailable):
        keys.opened(slot, "dossier-1", "G1")
    service.status = 0
    assert keys.opened(slot, "dossier-1", "G1")


def test_a_slow_service_is_given_up_then_left_alone_a_while(service, monkeypatch):
    slot = providers.provider().wrap(crypto.new_key(), "dossier-1", "G1", 1)
    monkeypatch.setattr(kms, "TIMEOUT", 0.05)
    monkeypatch.setattr(kms, "REST", 0.2)
    keys.forget()
    service.delay = 0.3
    with pytest.raises(KeysUnavailable):
        keys.opened(slot, "dossier-1", "G1")
    calls = len(service.calls)
    service.delay = 0
    with pytest.raises(KeysUnavailable):
        keys.opened(slot, "dossier-1", "G1")
    assert len(service.calls) == calls
    providers.provider()._rest_until = 0
    assert keys.opened(slot, "dossier-1", "G1")


def test_another_key_an_unknown_one_and_no_service(service, settings, tmp_path):
    slot = providers.provider().wrap(crypto.new_key(), "dossier-1", "G1", 1)
    service.keys[0] = crypto.new_key()
    with pytest.raises(Tampered):
        keys.opened(slot, "dossier-1", "G1")
    settings.KMS = (settings.KMS[0], "transit", "other", *settings.KMS[3:])
    with pytest.raises(KeyMissing):
        providers.provider().current()
    settings.KMS = ("http://127.0.0.1:9", "transit", "jalon", *settings.KMS[3:])
    with pytest.raises(KeysAbsent, match="ne répond pas"):
        providers.verify()


def test_the_token_and_the_road_are_guarded(service, settings, tmp_path):
    (tmp_path / "kms.token").chmod(0o444)
    with pytest.raises(Misplaced):
        providers.verify()
    settings.KMS = ("http://kms.example:8200", *settings.KMS[1:])
    with pytest.raises(Misplaced, match="https"):
        providers.verify()


# --- TLS ------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def identity(tmp_path_factory):
    """A certificate that is its own authority, for the service and for the program."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    (folder / "both.pem").write_bytes(made.public_bytes(pem) + private)
    (folder / "both.pem").chmod(0o400)
    return folder


def test_the_service_and_the_program_prove_who_they_are(identity, settings, tmp_path):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(identity / "both.pem")
    tls.load_verify_locations(identity / "cert.pem")
    tls.verify_mode = ssl.CERT_REQUIRED
    ca, both = str(identity / "cert.pem"), str(identity / "both.pem")
    with serving(tls) as (_service, address):
        configure(settings, tmp_path, address, ca, both)
        assert providers.provider().current() == kms.BASE + 1
        for unknown in (("", both), (ca, "")):
            configure(settings, tmp_path, address, *unknown)
            with pytest.raises(KeysUnavailable):
                providers.provider().current()
    keys.forget()
