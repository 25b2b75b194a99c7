"""The office's folder: made when absent, its keys kept to itself, the environment before both."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from flask import Flask

from tomoiki.core.database import decrypt, encrypt
from tomoiki.core.instance import configure, database_url, instance_folder, read_key


def test_the_folder_is_made_for_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOMOIKI_INSTANCE", str(tmp_path / "office" / "data"))

    folder = instance_folder()

    assert folder == tmp_path / "office" / "data"
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_key_is_made_once_and_kept_for_its_owner_only(tmp_path: Path) -> None:
    key = read_key(tmp_path, "SECRET_KEY")

    assert len(key) >= 64
    assert read_key(tmp_path, "SECRET_KEY") == key
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_key_of_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "given")

    assert read_key(tmp_path, "SECRET_KEY") == "given"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("sqlite:////srv/office.db", "sqlite:////srv/office.db"),
    ],
)
def test_a_database_is_reached_by_the_driver_we_ship(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", given)

    assert database_url(tmp_path) == url


def test_without_another_the_database_is_a_file_in_the_folder(tmp_path: Path) -> None:
    assert database_url(tmp_path) == f"sqlite:///{tmp_path / 'tomoiki.db'}"


def test_several_data_keys_are_given_newest_first(tmp_path: Path) -> None:
    app, old, new = Flask("office"), Fernet.generate_key().decode(), Fernet.generate_key().decode()
    configure(app, {"TOMOIKI_INSTANCE": str(tmp_path), "TOMOIKI_DATA_KEY": old, "SECRET_KEY": "s"})
    with app.app_context():
        token = encrypt("C1234567")

    configure(app, {"TOMOIKI_INSTANCE": str(tmp_path), "TOMOIKI_DATA_KEY": f"{new} {old}", "SECRET_KEY": "s"})

    with app.app_context():
        assert decrypt(token) == "C1234567"


def test_a_new_database_file_is_read_by_its_owner_alone(tmp_path: Path) -> None:
    with sa.create_engine(f"sqlite:///{tmp_path / 'tomoiki.db'}").connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a)")
        modes = {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}

    assert modes == {0o600}
