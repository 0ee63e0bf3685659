"""An authority that the code under test trusts, and nobody else does."""

import pytest

from tests.firmware.mail.certificates import Authority


@pytest.fixture
def authority(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Authority:
    made = Authority(tmp_path_factory.mktemp("certificates"))
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    return made
