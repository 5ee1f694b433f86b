"""An evidence bundle: sha256sum and openssl alone check it, and whatever is altered in it is named."""

import json
import subprocess
import zipfile
from pathlib import Path

import pytest
from command_line import Run

from intake.recording.bundle import verify

ANNA = "anna@desk.example"


@pytest.fixture
def bundle(intake: Run, mail, tmp_path: Path) -> Path:
    intake("agent", "add", ANNA, "--name", "Anna")
    intake("ingest", str(mail()))
    intake("incident", "start", "1", "stolen", "--as", ANNA)
    return export(intake, tmp_path / "one")


def export(intake: Run, folder: Path) -> Path:
    folder.mkdir()
    asking = ("incident", "export", "1", "--to", str(folder), "--for", "Kripo Berlin, 12/26", "--as", ANNA)
    assert "needs a reason" in intake(*asking, code=1).output
    assert "export #1; for: Kripo Berlin" in " ".join(
        intake(*asking, "--reason", "the police asked", code=75).output.split()
    )
    assert [] == list(folder.iterdir())
    # At a desk of one it would wait for a day.
    intake(*asking, "--reason", "the police asked", "--break-glass")
    (path,) = folder.iterdir()
    return path


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(path: Path, target: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target


def test_a_bundle_has_the_mail_as_it_came_and_differs_from_another_in_its_cover_only(
    intake: Run, bundle: Path, mail, tmp_path: Path
) -> None:
    files = contents(bundle)
    manifest = json.loads(files["manifest.json"])
    (message,) = manifest["messages"]
    assert mail().read_bytes() == files[message["path"]]
    assert message["size"] == len(files[message["path"]])
    assert {"mailbox", "folder", "uidvalidity", "uid", "seen_at"} == set(message["sightings"][0])
    assert b"incident (stolen) started, by Anna" in files["timeline.jsonl"]
    assert b"exported evidence of ticket #1" in files["cover/custody.jsonl"]
    assert "Kripo Berlin, 12/26" == json.loads(files["cover/cover.json"])["for"]
    other = contents(export(intake, tmp_path / "two"))
    assert ["cover/SHA256SUMS", "cover/SHA256SUMS.sig", "cover/cover.json", "cover/custody.jsonl"] == sorted(
        name for name in files if files[name] != other[name]
    )
    assert 0 == bundle.stat().st_mode & 0o077
    counted = [
        row for row in json.loads(intake("audit", "reads", "--json").stdout) if row["kind"] == "export"
    ]
    assert [(1, 2)] == [(row["ticket"], row["n"]) for row in counted]
    assert "unaltered" in intake("evidence", "verify", str(bundle)).stdout
    key = json.loads(intake("evidence", "verify", str(bundle), "--json").stdout)["key"]
    assert key in files["public.pem"].decode()


def test_what_is_altered_added_removed_or_signed_by_another_is_named(
    intake: Run, bundle: Path, tmp_path: Path
) -> None:
    files = contents(bundle)
    message = next(name for name in files if name.startswith("messages/"))
    sums = files["SHA256SUMS"].replace(b"README.txt", b"README.md")
    cases = {
        f"{message} was altered": {**files, message: files[message] + b"x"},
        "timeline.jsonl was altered": {**files, "timeline.jsonl": b"{}\n"},
        "cover/custody.jsonl was altered": {**files, "cover/custody.jsonl": b""},
        f"{message} is missing": {name: text for name, text in files.items() if name != message},
        "messages/1.eml is in no list": {**files, "messages/1.eml": b"x"},
        "SHA256SUMS was not signed": {**files, "SHA256SUMS": sums},
        "public.pem is missing": {name: text for name, text in files.items() if name != "public.pem"},
        "it is no Ed25519 public key": {**files, "public.pem": b"-----BEGIN PUBLIC KEY-----\nAAAA\n"},
    }
    unseen = {}
    for number, (fault, made) in enumerate(cases.items()):
        said = verify(rewritten(bundle, tmp_path / f"{number}.zip", made)).faults
        if not any(fault in each for each in said):
            unseen[fault] = said
    assert {} == unseen
    cut = tmp_path / "cut.zip"
    cut.write_bytes(bundle.read_bytes()[:-40])
    assert "no whole zip" in intake("evidence", "verify", str(cut), code=1).stdout


def test_sha256sum_and_openssl_alone_check_a_bundle(bundle: Path, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder)
    text = (folder / "README.txt").read_text(encoding="utf-8")
    steps = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    script = "set -e\n" + "\n".join(steps)
    done = subprocess.run(["sh", "-c", script], cwd=folder, capture_output=True, text=True)
    assert 0 == done.returncode, done.stderr
    assert 2 == done.stdout.count("Signature Verified Successfully")
    (folder / "manifest.json").write_bytes(b"{}")
    assert 0 != subprocess.run(["sh", "-c", script], cwd=folder, capture_output=True).returncode


def test_evidence_is_exported_of_an_incident_alone_and_for_somebody(
    intake: Run, mail, tmp_path: Path
) -> None:
    intake("ingest", str(mail()))
    intake("incident", "export", "1", "--to", str(tmp_path), "--for", "Kripo", code=1)
    intake("incident", "start", "1", "leak")
    intake("incident", "export", "1", "--to", str(tmp_path), "--for", " ", code=2)
    assert "exported" not in intake("audit", "list", "--ticket", "1").stdout
