"""Keeping a copy from a shell: the options of ``python -m kpum.client`` and of ``follow_channel``."""

import json
import os
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

from kpum.client.channel import ChannelClient
from kpum.client.errors import ChannelError
from kpum.client.follow import Report, catch_up
from kpum.client.media import MediaFolder, fetch_media, folder_beside
from kpum.client.mirror import Mirror
from kpum.client.opening import open_mirror
from kpum.client.proof import Proof, verify
from kpum.client.wire import Manners

KEY_VARIABLE = "KPUM_CHANNEL_KEY"
Say = Callable[[str], object]


def add_options(parser: ArgumentParser) -> None:
    """Add what both commands understand."""
    parser.add_argument("url", help="such as https://portal.example.org/api/v1/channels/public")
    parser.add_argument("target", help="a folder, sqlite:///file or postgresql://…")
    parser.add_argument(
        "--key-file",
        type=Path,
        help=f"file with the key of an agreed interface; else the variable {KEY_VARIABLE}",
    )
    parser.add_argument("--media", action="store_true", help="fetch pictures and files, too")
    parser.add_argument(
        "--media-folder", type=Path, help="where they go; beside the copy unless told"
    )
    parser.add_argument(
        "--verify", action="store_true", help="prove the copy by the signed manifest"
    )
    parser.add_argument("--repair", action="store_true", help="prove it, and fetch what differs")
    parser.add_argument(
        "--signing-keys", type=Path, help="trusted JWK Set; else the portal's own answer is trusted"
    )
    parser.add_argument("--every", type=_positive, metavar="SECONDS", help="go on, at this pace")
    parser.add_argument(
        "--serve", type=int, metavar="PORT", help="show the copy as a small web site"
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to serve at")
    parser.add_argument(
        "--plain-http",
        action="store_true",
        help="send the key over http; only in a network of your own",
    )


def _positive(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= 86_400:  # noqa: PLR2004 - a day
        raise ValueError(text)
    return seconds


class Keeper:
    """Keeps one copy as the options say.

    Raises:
        ChannelError: the options cannot be followed.
    """

    def __init__(self, options: Namespace, say: Say) -> None:
        self._options = options
        self._say = say
        self._key = _key(options.key_file)
        self._trusted = _trusted(options.signing_keys)
        with_media = options.media or options.media_folder
        folder = (options.media_folder or folder_beside(options.target)) if with_media else None
        self.media = MediaFolder(folder) if folder else None

    def run(self) -> bool:
        """Do what is asked for; return whether the copy is proven, or need not be.

        Raises:
            ChannelError: it cannot be done.
        """
        with self._served():
            while True:
                try:
                    proven = self.once()
                except ChannelError as error:
                    if not (self._options.every or self._options.serve):
                        raise
                    proven = False
                    self._say(f"Not up to date: {error}")
                if not self._options.every:
                    break
                time.sleep(self._options.every)
            self._wait_to_be_stopped()
        return proven

    def once(self) -> bool:
        """Bring the copy up to date once; return False when it was to be proven and differs."""
        options = self._options
        manners = Manners(plain_http=options.plain_http)
        with (
            ChannelClient(options.url, key=self._key, manners=manners) as client,
            closing(open_mirror(options.target)) as mirror,
            mirror.lock(),
        ):
            self._tell(catch_up(client, mirror))
            proof = None
            if options.verify or options.repair:
                proof = verify(mirror, client, keys=self._trusted, repair=options.repair)
                self._tell_proof(proof)
            self._fetch_media(client, mirror)
        return proof is None or proof.holds

    def _fetch_media(self, client: ChannelClient, mirror: Mirror) -> None:
        if self.media is None:
            return
        every_byte = self._options.verify or self._options.repair
        files = fetch_media(client, mirror, self.media, every_byte=every_byte)
        self._say(f"{files.fetched} files fetched, {files.removed} removed")
        for name in files.missing:
            self._say(f"The portal does not give the file {name}: asked for again next time.")

    def _tell(self, report: Report) -> None:
        if report.began_again:
            self._say("The portal went back to an earlier state: everything was read anew.")
        self._say(f"{report.stored} stored, {report.removed} removed, cursor {report.cursor}")

    def _tell_proof(self, proof: Proof) -> None:
        for difference in proof.differences:
            self._say(f"  {difference}")
        at = f"{proof.manifest.count} documents at {proof.manifest.sequence}"
        if proof.holds:
            mended = f", {len(proof.differences)} mended" if proof.differences else ""
            self._say(f"Proven: {at}{mended}")
        else:
            self._say(f"Not what the manifest says ({at}): {', '.join(proof.types)}")

    def _served(self) -> Any:
        if not self._options.serve:
            return nullcontext()
        from kpum.client.sister.server import serving

        return serving(
            target=self._options.target,
            media=self.media,
            host=self._options.host,
            port=self._options.serve,
            say=self._say,
        )

    def _wait_to_be_stopped(self) -> None:
        while self._options.serve:
            time.sleep(3600)


def main(arguments: list[str] | None = None) -> int:
    """Run ``python -m kpum.client``; return 0, or 1 for an error, or 3 for a copy that is not proven."""
    parser = ArgumentParser(prog="python -m kpum.client", description="Keep a copy of a channel.")
    add_options(parser)
    options = parser.parse_args(arguments)
    try:
        return 0 if Keeper(options, _say).run() else 3
    except ChannelError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _key(file: Path | None) -> str:
    if file is None:
        return os.environ.get(KEY_VARIABLE, "").strip()
    return _read(file).strip()


def _trusted(file: Path | None) -> dict[str, Any] | None:
    if file is None:
        return None
    try:
        keys = json.loads(_read(file))
    except ValueError:
        keys = None
    if not isinstance(keys, dict) or not isinstance(keys.get("keys"), list):
        raise ChannelError(f"{file} is no JWK Set: an object with a list “keys”.")
    return keys


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ChannelError(f"{file} cannot be read.") from error
