"""Dovecot on loopback with a config of its own, as root or as anybody."""

import contextlib
import getpass
import grp
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from intake.testing.tools import Unavailable, end_process, free_port, listening, wait_until

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
listen = 127.0.0.1
protocols = imap lmtp
disable_plaintext_auth = no
{tls}
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
auth_failure_delay = 0
auth_username_chars =
first_valid_uid = 1
mail_max_userip_connections = 500
{passdb}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
  service_count = 0
  {chroot}
}}
service lmtp {{
  {lmtp_user}
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
  {chroot}
}}
service stats {{
  {chroot}
}}
{users}
"""


# Whatever their name, it is looked up under one: a file takes passwords that no setting does.
PASSWORD = """passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=all {folder}/passwords
}}"""
# doc.dovecot.org/2.3/configuration_manual/authentication/oauth2. No password opens anything.
TOKEN = """auth_mechanisms = xoauth2 oauthbearer
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}"""
INTROSPECTION = """
introspection_url = {url}
introspection_mode = post
username_attribute = username
active_attribute = active
active_value = true
"""


@dataclass(slots=True)
class Dovecot:
    """A Dovecot that knows every user; all have one password or, with `introspection_url` (RFC 7662), none:
    whoever shows a token of theirs gets in by XOAUTH2.

    `tls_port` (implicit TLS; STARTTLS is on `port`) and `ca_file` are 0 and None
    when there is no openssl to make a certificate with; it names localhost only.
    """

    folder: Path
    host: str = "127.0.0.1"
    password: str = "secret-of-all"
    separator: str = "/"
    prefix: str = ""
    introspection_url: str = ""
    port: int = field(default_factory=free_port)
    lmtp_port: int = field(default_factory=free_port)
    tls_port: int = 0
    ca_file: Path | None = None
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, on the same ports and mail each time. Raises Unavailable when it is not installed."""
        program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
        if program is None:
            raise Unavailable("Dovecot is not installed: scripts/install-test-servers.sh")
        config = self.folder / "dovecot.conf"
        if not config.exists():
            self._write(config)
        with (self.folder / "stderr.log").open("wb") as said:
            self._process = subprocess.Popen(
                [program, "-F", "-c", str(config)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,
            )
        try:
            wait_until(lambda: listening(self.port) and listening(self.lmtp_port), 20, "Dovecot listens")
        except TimeoutError:
            self.stop()
            raise RuntimeError(f"Dovecot did not start: {self.log()[-2000:]}") from None

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End it and its children; clients lose their connections."""
        if self._process is not None:
            end_process(self._process, how)
            self._process = None

    def log(self) -> str:
        """Return what it said so far."""
        paths = [self.folder / "stderr.log", self.folder / "dovecot.log"]
        return "".join(path.read_text(errors="replace") for path in paths if path.exists())

    def _write(self, config: Path) -> None:
        root = os.geteuid() == 0
        # Dovecot never opens mail as root, whatever its config says.
        owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
        for name in ("mail", "home", "run", "state"):
            (self.folder / name).mkdir(exist_ok=True)
        if root:
            for name in ("mail", "home"):
                os.chown(self.folder / name, owner.pw_uid, owner.pw_gid)
            _refuse_unreachable(self.folder)
        self._certificate()
        me = getpass.getuser()
        users = f"default_internal_user = {me}\ndefault_login_user = {me}\n"
        users += f"default_internal_group = {grp.getgrgid(os.getegid()).gr_name}"
        passdb = PASSWORD.format(folder=self.folder)
        (self.folder / "passwords").write_text(f"all:{{PLAIN}}{self.password}\n", encoding="utf-8")
        if self.introspection_url:
            (self.folder / "oauth2.conf").write_text(INTROSPECTION.format(url=self.introspection_url))
            passdb = TOKEN.format(folder=self.folder)
        tls = "ssl = no"
        if self.ca_file is not None:
            tls = f"ssl = yes\nssl_cert = <{self.ca_file}\nssl_key = <{self.folder}/key.pem"
        config.write_text(
            CONFIG.format(
                folder=self.folder,
                passdb=passdb,
                separator=self.separator,
                prefix=self.prefix,
                uid=owner.pw_uid,
                gid=owner.pw_gid,
                port=self.port,
                tls_port=self.tls_port,
                lmtp_port=self.lmtp_port,
                tls=tls,
                chroot="" if root else "chroot =",
                lmtp_user="" if root else f"user = {me}",
                users="" if root else users,
            )
        )

    def _certificate(self) -> None:
        if shutil.which("openssl") is None:
            return
        command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30"
        command += " -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem"
        subprocess.run(command.split(), cwd=self.folder, check=True, capture_output=True)
        self.tls_port, self.ca_file = free_port(), self.folder / "cert.pem"


@contextlib.contextmanager
def dovecot(
    folder: Path | None = None,
    separator: str = "/",
    prefix: str = "",
    introspection_url: str = "",
    password: str = "secret-of-all",
) -> Iterator[Dovecot]:
    """Run a Dovecot in `folder`, or in a temporary one that is removed afterwards.

    `separator` and `prefix` shape its namespace (try "." and "INBOX."); `introspection_url` is asked whose
    a token is, and then no password opens anything.
    Raises Unavailable when Dovecot is not installed.
    """
    with contextlib.ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dovecot-")))
            folder.chmod(0o755)
        server = Dovecot(
            folder,
            separator=separator,
            prefix=prefix,
            introspection_url=introspection_url,
            password=password,
        )
        stack.callback(server.stop)
        server.start()
        yield server


def _refuse_unreachable(folder: Path) -> None:
    for place in (folder, *folder.resolve().parents):
        if not place.stat().st_mode & 0o001:
            raise RuntimeError(
                f"started by root, Dovecot reads mail as nobody, who cannot enter {place}: "
                "give another folder, or none"
            )
