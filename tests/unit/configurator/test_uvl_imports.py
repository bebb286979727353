"""UVL models of several files: found beside the importing one, composed under the names of their imports."""

from pathlib import Path

import pytest

from configurator.formats import UvlError, read_uvl
from tests.unit.configurator.small_models import selections

BRAKES = """\
features
  Brakes
    alternative
      Disc {Price 5}
      Rim {Price 2}
constraints
  Rim => Disc.Price < 5
"""


def write(folder: Path, **files: str) -> Path:
    """The files, `__` in a name standing for a folder; the first one's path."""
    paths = [folder / f"{name.replace('__', '/')}.uvl" for name in files]
    for path, text in zip(paths, files.values()):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return paths[0]


def refusal(path: Path) -> list[str]:
    with pytest.raises(UvlError) as refused:
        read_uvl(path)
    return str(refused.value).splitlines()


def test_an_imported_root_brings_its_tree_and_its_constraints_under_the_name_of_the_import(tmp_path):
    main = (
        "imports\n  parts.brakes as front\n  parts.brakes as rear\n"
        "features\n  Bike\n    mandatory\n      front.Brakes\n    optional\n      rear.Brakes {Weight 3}\n"
        "constraints\n  rear.Disc => front.Disc\n  sum(Price) < 10\n  rear.Brakes.Weight == 3\n"
    )
    model = read_uvl(write(tmp_path, main=main, parts__brakes=BRAKES))

    assert [node.name for node in model.tree] == [
        "Bike", "front.Brakes", "front.Disc", "front.Rim", "rear.Brakes", "rear.Disc", "rear.Rim",
    ]  # fmt: skip
    assert [rule.code for rule in model.rules] == ["C1", "C2", "C3", "front.C1", "rear.C1"]
    found = {tuple(name for name, value in each.items() if value and "." in name) for each in selections(model)}
    # rear.Brakes.Weight is 3, so it is there; both discs cost 10; the rear disc needs the front one
    assert found == {
        ("front.Brakes", "front.Disc", "rear.Brakes", "rear.Rim"),
        ("front.Brakes", "front.Rim", "rear.Brakes", "rear.Rim"),
    }


def test_constraints_of_an_imported_file_speak_of_its_own_features(tmp_path):
    sub = "namespace lamps\nfeatures\n  Lamp {Price 4}\n    optional\n      Sensor {Price 3}\nconstraints\n"
    main = "imports\n  lamps as l\nfeatures\n  Bike {Price 100}\n    optional\n      l.Lamp\n"
    path = write(tmp_path, main=main, lamps=sub + "  sum(Price) <= 4\n  Lamp => !lamps.Sensor\n")

    model = read_uvl(path)

    assert [rule.code for rule in model.rules] == ["l.C1", "l.C2"]
    assert len(selections(model)) == 2  # the hundred of the bike is no matter of the lamp


def test_imports_may_be_nested_and_are_found_from_where_they_are_named(tmp_path):
    path = write(
        tmp_path,
        main="imports\n  a.one\nfeatures\n  R\n    optional\n      a.one.One\nconstraints\n  !a.one.b.two.Deep\n",
        a__one="imports\n  b.two\nfeatures\n  One\n    optional\n      b.two.Two\n",
        a__b__two="features\n  Two\n    optional\n      Deep\n",
    )

    model = read_uvl(path)

    assert [node.name for node in model.tree] == ["R", "a.one.One", "a.one.b.two.Two", "a.one.b.two.Deep"]
    assert len(selections(model)) == 3


def test_folders_may_be_flattened_into_the_names_of_files(tmp_path):
    main = "imports\n  parts.brakes as b\nfeatures\n  Bike\n    mandatory\n      b.Brakes\n"

    for name in ("x_y_parts_brakes", "x_parts_brakes", "x_y_main_parts_brakes", "parts_brakes"):
        folder = tmp_path / name
        path = write(folder, **{"x_y_main": main, name: BRAKES})
        assert len(read_uvl(path).tree) == 4, name


def test_a_file_that_is_imported_but_not_used_is_read_and_adds_nothing(tmp_path):
    main = "imports\n  brakes as b\nfeatures\n  Bike\n    optional\n      Bell\n"

    assert [node.name for node in read_uvl(write(tmp_path, main=main, brakes=BRAKES)).tree] == ["Bike", "Bell"]
    assert refusal(write(tmp_path, main=main, brakes=BRAKES + "  Rim =>\n")) == [
        "brakes.uvl, line 8, column 9: the constraint ends or goes on unexpectedly at its end"
    ]


def test_an_imported_root_can_have_instances_and_further_features(tmp_path):
    main = (
        "imports\n  brakes as b\nfeatures\n  Bike\n    mandatory\n      b.Brakes cardinality [1..2]\n"
        "        optional\n          Cover\nconstraints\n  Cover => b.Disc\n"
    )

    model = read_uvl(write(tmp_path, main=main, brakes=BRAKES))

    assert [node.name for node in model.tree[2:6]] == ["b.Brakes#1", "b.Disc#1", "b.Rim#1", "Cover#1"]
    assert len(selections(model)) == 3 + 6  # disc with or without cover, rim; one or two of them


def test_typed_features_of_an_imported_file_keep_their_bounds(tmp_path):
    sub = "features\n  Frame\n    mandatory\n      Integer Size {constraint Size >= 48 & Size <= 50}\n"
    main = "imports\n  frame as f\nfeatures\n  Bike\n    mandatory\n      f.Frame\nconstraints\n  f.Size != 49\n"

    model = read_uvl(write(tmp_path, main=main, frame=sub))

    assert model.domain("f.Size") == (48, 50)


@pytest.mark.parametrize(
    ("line", "feature", "finding"),
    [
        ("gone as g", "g.X", "main.uvl, line 2, column 3: there is no file gone.uvl, which is imported here"),
        ("deep.gone as g", "g.X", "main.uvl, line 2, column 3: there is no file deep/gone.uvl, which is imported here"),
        ('"../outside/secret" as s', "s.X",
         "main.uvl, line 2, column 3: the import ../outside/secret is not the name of a file below this one's folder"),
        ('".." as s', "s.X",
         "main.uvl, line 2, column 3: the import .. is not the name of a file below this one's folder"),
        ("link as l", "l.X", "main.uvl, line 2, column 3: the import link leads out of the model's folder"),
        ("circle as c", "c.C",
         "circle.uvl, line 2, column 3: the imports go in a circle: main.uvl > circle.uvl > main.uvl"),
        ("main as m", "m.Bike", "main.uvl, line 2, column 3: the imports go in a circle: main.uvl > main.uvl"),
        ("brakes as b", "b.Rim", "main.uvl, line 6, column 7: b.Rim is not the root of brakes.uvl, which is b.Brakes"),
        ("brakes as b", "c.Brakes", "main.uvl, line 6, column 7: nothing that is imported is called c"),
        ("brakes as", "Bell", "main.uvl, line 2, column 12: this is not an import such as folder.file as name"),
        ("brakes as b\n  brakes as b", "b.Brakes", "main.uvl, line 3, column 3: two imports are called b"),
        ("broken as b", "b.X", "broken.uvl, line 5, column 7: the feature Y is there twice, first in line 4"),
        ("latin as b", "b.X", "latin.uvl: the file is not UTF-8 text"),
    ],
)  # fmt: skip
def test_an_import_that_cannot_be_followed_is_refused_where_it_stands(tmp_path, line, feature, finding):
    write(tmp_path / "outside", secret="features\n  X\n")
    folder = tmp_path / "model"
    path = write(
        folder,
        main=f"imports\n  {line}\nfeatures\n  Bike\n    optional\n      {feature}\n",
        brakes=BRAKES,
        circle="imports\n  main\nfeatures\n  C\n",
        broken="features\n  X\n    optional\n      Y\n      Y\n",
    )
    (folder / "link.uvl").symlink_to(tmp_path / "outside" / "secret.uvl")
    (folder / "latin.uvl").write_bytes(b"features\n  caf\xe9\n")

    assert finding in refusal(path)


def test_findings_of_all_files_are_told_at_once(tmp_path):
    path = write(
        tmp_path,
        main="imports\n  sub\nfeatures\n  R\n    optional\n      sub.S\n      sub.T\nconstraints\n  R => Q\n",
        sub="features\n  S\n    optional\n      Integer N\nconstraints\n  S => M\n",
    )

    assert refusal(path) == [
        "main.uvl, line 7, column 7: sub.T is not the root of sub.uvl, which is sub.S",
        "main.uvl, line 9, column 8: there is no feature Q",
        "sub.uvl, line 4, column 7: sub.N has no lower and no upper bound: "
        "say how far it goes, by sub.N >= 0 & sub.N <= 100 for example",
        "sub.uvl, line 6, column 8: there is no feature M",
    ]


def test_imports_that_multiply_are_refused_before_they_grow(tmp_path):
    files = {
        f"f{n}": f"imports\n  f{n + 1} as a\n  f{n + 1} as b\nfeatures\n  R\n    optional\n      a.R\n      b.R\n"
        for n in range(30)
    }
    path = write(tmp_path, **files, f30="features\n  R\n")

    assert refusal(path)[0].endswith("files are imported more than 2,000 times")
