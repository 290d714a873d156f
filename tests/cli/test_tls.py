"""``--scheduler tls://…``: Dask's own settings say which certificates are shown and believed."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")
TASK = ["simulate", "bcc", "--symbols", "6", "--degree", "2", "--tau", "0.1", "--startup", "expon(scale=5)"]


def certificate(folder, name):
    """A certificate for 127.0.0.1, signed by itself, with its key."""
    files = ["-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem", "-days", "2"]
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    if shutil.which("openssl") is None or subprocess.run([*words, *files, *names], capture_output=True).returncode:
        pytest.skip("there is no openssl that makes certificates")


def settings(folder, name, authority=None, **more):
    """Those of Dask's files and environment: the certificate that a client shows, and whose it believes."""
    files = {"client.cert": f"{name}.pem", "client.key": f"{name}.key", "ca-file": f"{authority or name}.pem"}
    return {f"distributed.comm.tls.{key}": str(folder / file) for key, file in files.items()} | more


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """The address of a scheduler that answers nobody without its certificate, with a worker; and the certificates."""
    folder = tmp_path_factory.mktemp("certificates")
    certificate(folder, "ours")
    certificate(folder, "others")
    ours = {"cert": str(folder / "ours.pem"), "key": str(folder / "ours.key")}
    roles = {f"tls_{role}_{what}": path for role in ("client", "scheduler", "worker") for what, path in ours.items()}
    security = distributed.Security(tls_ca_file=ours["cert"], require_encryption=True, **roles)
    quiet = {"silence_logs": 60, "processes": False, "host": "127.0.0.1", "dashboard_address": ":0"}
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, protocol="tls://", security=security, **quiet
    ) as cluster:
        yield cluster.scheduler_address, folder


def over(run, address, given):
    with dask.config.set(given):
        return run(*TASK, "--trials", "20", "--json", "--engine", "dask", "--scheduler", address)


def test_the_certificates_of_dasks_settings_are_used(guarded, run):
    address, folder = guarded
    assert address.startswith("tls://")
    there, here = over(run, address, settings(folder, "ours")), run(*TASK, "--trials", "20", "--json")
    assert there.status == 0, there.stderr
    assert json.loads(there.stdout)["latency"] == json.loads(here.stdout)["latency"]


WRONG = {
    "no certificate": (lambda folder: {}, "TLS expects"),
    "another's": (lambda folder: settings(folder, "others"), "certificate does not match"),
    "a scheduler of another authority": (lambda folder: settings(folder, "ours", "others"), "certificate does not"),
    "no file": (lambda folder: settings(folder, "nobody"), "No such file"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_certificate_is_told_in_one_line(guarded, run, what):
    address, folder = guarded
    given, told = WRONG[what]
    done = over(run, address, given(folder))
    assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("srtheory: Argument 'scheduler'")
    assert (address in done.stderr, told in done.stderr) == (True, True)


@pytest.mark.parametrize("more", [{}, {"distributed.comm.require-encryption": True}], ids=["there", "here"])
def test_no_side_that_wants_tls_does_without(guarded, run, more):
    address, folder = guarded
    done = over(run, address.replace("tls", "tcp"), settings(folder, "ours", **more))
    assert (done.status, done.stdout) == (2, "")
    assert ("encryption required" in done.stderr) == bool(more)
