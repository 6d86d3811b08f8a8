"""Every room has a storey, and what stands alone leans on nothing of ours."""

import grimp
import pytest

from tests.architecture import house


def children_of_the_house() -> set[str]:
    """Every child of ``kpum``, and every package beside it that is not a test or a folder of data."""
    inside = {
        f"kpum.{child.stem}"
        for child in (house.ROOT / "kpum").iterdir()
        if child.suffix == ".py" or (child / "__init__.py").exists()
    }
    beside = {folder.parent.name for folder in house.ROOT.glob("*/__init__.py")}
    return inside | beside - {"tests"}


def without_storey(rooms: set[str]) -> set[str]:
    return rooms - set(house.storeys()) - house.ALONE - {"kpum", "kpum.__init__"}


def test_every_room_has_a_storey():
    assert without_storey(children_of_the_house()) == set()


def test_a_new_room_without_a_storey_is_noticed():
    assert without_storey({"kpum.org", "kpum.attic"}) == {"kpum.attic"}


def test_every_package_beside_kpum_is_under_the_contracts():
    roots = house.pyproject()["tool"]["importlinter"]["root_packages"]

    assert set(roots) == set(house.PACKAGES)
    assert {room.split(".")[0] for room in children_of_the_house()} == set(house.PACKAGES)


def test_no_folder_of_code_escapes_the_contracts():
    """Import-linter does not look into folders without an ``__init__.py``."""
    folders = {file.parent for file in house.files(".py", migrations=True)}
    ours = {folder for folder in folders if "tests" not in folder.relative_to(house.ROOT).parts}

    assert [
        house.name(folder) for folder in sorted(ours) if not (folder / "__init__.py").exists()
    ] == []


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    return grimp.build_graph(
        *house.PACKAGES,
        include_external_packages=True,
        exclude_type_checking_imports=True,
        cache_dir=None,
    )


def leaning(imports: grimp.ImportGraph, room: str) -> set[str]:
    """What the modules of a room import from outside it."""
    inside = {room} | imports.find_descendants(room)
    found = {one for module in inside for one in imports.find_modules_directly_imported_by(module)}
    return found - inside


def test_the_settings_lean_on_no_room(imports):
    assert {name for name in leaning(imports, "kpum.settings") if name.startswith("kpum")} == set()


def test_the_client_leans_on_neither_django_nor_us(imports):
    strangers = {name.split(".")[0] for name in leaning(imports, "kpum.client")}

    assert strangers & {*house.PACKAGES, "django", "wagtail", "ninja"} == set()
