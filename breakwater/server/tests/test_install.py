"""Which Python of a machine Breakwater goes on with, and when it is installed anew."""

import json
import os
import sys
from pathlib import Path

import pytest

from breakwater.server import install

PLAIN, QUICK = "'--enable-shared'", "'--enable-optimizations' '--with-lto'"


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A function that puts a Python on the path, which tells of itself what a real one would; and its place."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def has(name, *, built_with, version=(3, 12, 4), has_venv=True):
        place = tmp_path / name
        told = {"version": version, "path": str(place), "built_with": built_with, "has_venv": has_venv}
        place.write_text(f"#!/bin/sh\necho '{json.dumps(told).replace(chr(39), '')}'\n")
        place.chmod(0o755)
        return str(place)

    return has


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder in which Breakwater was installed by the Python that runs this."""
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text("")
    install.LOCK.write_text("django==5.2\n")
    install.DEV_LOCK.write_text("django==5.2\npytest==9.2\n")
    install.PYTHON.parent.mkdir(parents=True)
    install.PYTHON.symlink_to(sys.executable)
    install.STAMP.write_text(f"{sys.version}\n{install.fingerprint(install.LOCK)}")


def test_one_that_was_built_for_speed_is_taken_in_place_of_one_that_was_not(machine):
    first = machine("python3", built_with=PLAIN, version=(3, 13, 0))
    quick = machine("python3.11", built_with=QUICK, version=(3, 11, 9))
    assert install.quicker_than(first) == quick


def test_of_several_the_newest(machine):
    first = machine("python3", built_with=PLAIN)
    machine("python3.12", built_with=QUICK, version=(3, 12, 11))
    newest = machine("python3.13", built_with=QUICK, version=(3, 13, 2))
    assert install.quicker_than(first) == newest


def test_the_first_is_kept_if_it_was_built_for_speed_or_no_other_was(machine):
    quick = machine("python3", built_with=QUICK, version=(3, 11, 9))
    machine("python3.13", built_with=QUICK, version=(3, 13, 2))
    assert install.quicker_than(quick) is None
    plain = machine("python3", built_with=PLAIN)
    machine("python3.13", built_with=PLAIN, version=(3, 13, 2))
    assert install.quicker_than(plain) is None


def test_one_that_lacks_the_means_for_a_venv_is_not_said_to_be_slow(machine):
    first = machine("python3", built_with=PLAIN, has_venv=False)
    machine("python3.13", built_with=QUICK, version=(3, 13, 2))
    assert install.quicker_than(first) is None


@pytest.mark.parametrize("fault", [{"version": (3, 14, 0)}, {"version": (3, 10, 9)}, {"has_venv": False}])
def test_one_that_breakwater_cannot_use_is_passed_over(machine, fault):
    first = machine("python3", built_with=PLAIN)
    machine("python3.13", built_with=QUICK, **fault)
    assert install.quicker_than(first) is None


@pytest.mark.parametrize("says", ["exit 127", "echo pyenv: command not found"])
def test_a_name_on_the_path_that_is_no_python_is_passed_over(machine, tmp_path, says):
    first = machine("python3", built_with=PLAIN)
    shim = tmp_path / "python3.13"
    shim.write_text(f"#!/bin/sh\n{says}\n")
    shim.chmod(0o755)
    assert install.quicker_than(first) is None


def test_the_python_that_runs_this_tells_of_itself():
    told = install.Python.at(sys.executable)
    assert told is not None
    assert (told.version, told.path) == (list(sys.version_info[:3]), os.path.realpath(sys.executable))


def test_what_is_installed_is_not_installed_again_until_the_lock_changes(project):
    assert install.is_installed()
    install.LOCK.write_text("django==5.3\n")
    assert not install.is_installed(by_any=True)


def test_tests_need_more_than_running_and_who_has_that_may_run(project):
    assert not install.is_installed(install.DEV_LOCK)
    install.STAMP.write_text(f"{sys.version}\n{install.fingerprint(install.DEV_LOCK)}")
    assert install.is_installed(install.DEV_LOCK)
    assert install.is_installed()


def test_another_python_installs_anew_only_where_somebody_named_it(project):
    install.STAMP.write_text(f"3.13.2 (another)\n{install.fingerprint(install.LOCK)}")
    assert install.is_installed(by_any=True)
    assert not install.is_installed()


def test_where_its_python_is_gone_it_is_installed_anew(project):
    install.PYTHON.unlink()
    install.PYTHON.symlink_to("/nowhere/python3")
    assert not install.is_installed(by_any=True)
