"""Regeneration as a command: the same output everywhere, drift named, and a failure that changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_python_client.parser.openapi import GeneratorData

from scripts import regenerate
from scripts._gen import lock as lock_file, patch as template_patch, run as generator_run
from scripts._gen.derive import derive
from scripts._spec.load import Json
from scripts.regenerate import Paths, main
from tests.contract.wire import contract

pytestmark = pytest.mark.slow

Mutation = Callable[[Json], Any]


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A small project of its own: two operations, our settings and patches."""
    (tmp_path / "openapi").mkdir()
    own = Paths(
        root=tmp_path,
        spec=tmp_path / "openapi" / "inference.yaml",
        deviations=tmp_path / "openapi" / "deviations.yaml",
        settings=tmp_path / "openapi" / "generator.yaml",
        patches=tmp_path / "openapi" / "patches",
        lock=tmp_path / "openapi" / "generator.lock",
        output=tmp_path / "generated" / "aleph_alpha_api",
    )
    own.deviations.write_bytes(Paths().deviations.read_bytes())
    own.settings.write_bytes(Paths().settings.read_bytes())
    own.patches.mkdir()
    for path in Paths().patches.iterdir():
        (own.patches / path.name).write_bytes(path.read_bytes())
    write(own.spec, small())
    return own


def small() -> Json:
    """The contract with /version and /tokenize only."""
    document = json.loads(json.dumps(contract()))
    schemas = document["components"]["schemas"]
    document["paths"] = {path: document["paths"][path] for path in ("/version", "/tokenize")}
    names = ("Error", "TokenizationRequest", "TokenizationResponse", "NullableHosting", "Hosting", "Tags")
    document["components"]["schemas"] = {name: schemas[name] for name in names if name in schemas}
    return dict(document)


def write(path: Path, value: Any) -> None:
    path.write_text(yaml.safe_dump(value, sort_keys=False), encoding="utf-8")


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


# The same everywhere --------------------------------------------------------------------------------------------------


def test_the_committed_package_is_what_the_contract_gives(capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["--check"]), lines(capsys)) == (0, [])


def test_another_process_elsewhere_writes_the_same_bytes(tmp_path: Path) -> None:
    """With another hash seed, another time zone and locale, another folder, and nothing left of an earlier run."""
    own = replace(Paths(), lock=tmp_path / "generator.lock", output=tmp_path / "deep" / "er" / "aleph_alpha_api")
    own.lock.write_bytes(Paths().lock.read_bytes())
    code = (
        "import sys; from pathlib import Path; from dataclasses import replace; from scripts import regenerate as r;"
        f"r.regenerate(replace(r.Paths(), lock=Path({str(own.lock)!r}), output=Path({str(own.output)!r})))"
    )
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "7",
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
        "PYTHONPATH": str(Paths().root),
    }
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, env=environment)
    assert tree(own.output) == tree(Paths().output)
    assert own.lock.read_bytes() == Paths().lock.read_bytes()


def test_neither_paths_nor_times_are_written() -> None:
    text = b"\n".join([*tree(Paths().output).values(), Paths().lock.read_bytes()]).decode()
    assert str(Paths().root) not in text
    assert "/tmp/" not in text


def test_a_second_run_changes_nothing_and_leaves_nothing_behind(paths: Paths) -> None:
    assert main([], paths) == 0
    first = tree(paths.root)
    assert main([], paths) == 0
    assert tree(paths.root) == first
    assert [path.name for path in paths.output.parent.iterdir()] == ["aleph_alpha_api"]


def test_what_the_contract_no_longer_has_goes(paths: Paths) -> None:
    assert main([], paths) == 0
    document = small()
    del document["paths"]["/version"]
    write(paths.spec, document)
    assert main([], paths) == 0
    assert not (paths.output / "api" / "service").exists()


# Drift ----------------------------------------------------------------------------------------------------------------


def test_a_deviation_that_was_added_is_a_drift(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], paths) == 0
    before = json.loads((paths.output / "deviations.json").read_bytes())
    added = {"kind": "field", "theirs": "absent", "ours": "string", "evidence": "clients send it"}
    pointers = ["/components/schemas/Tags/properties/a", "/components/schemas/Tags/properties/b"]
    with paths.deviations.open("a") as file:
        yaml.safe_dump([{"pointer": pointers, **added}], file)
    assert main(["--check"], paths) == 1
    assert lines(capsys) == ["generated/aleph_alpha_api/deviations.json: differs"]
    assert main([], paths) == 0
    after = json.loads((paths.output / "deviations.json").read_bytes())
    assert set(after["undocumented"]) - set(before["undocumented"]) == set(pointers)


def test_drift_is_named_by_file(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], paths) == 0
    assert main(["--check"], paths) == 0
    (paths.output / "models" / "error.py").write_text("edited by hand")
    (paths.output / "models" / "own.py").write_text("")
    (paths.output / "py.typed").unlink()
    assert main(["--check"], paths) == 1
    assert lines(capsys) == [
        "generated/aleph_alpha_api/models/error.py: differs",
        "generated/aleph_alpha_api/models/own.py: not generated",
        "generated/aleph_alpha_api/py.typed: missing",
    ]
    assert (paths.output / "models" / "error.py").read_text() == "edited by hand"


def test_drift_is_traced_to_the_contract(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], paths) == 0
    document = small()
    document["components"]["schemas"]["Error"]["properties"]["code"]["type"] = "integer"
    document["info"]["version"] = "9"
    write(paths.spec, document)
    assert main(["--check"], paths) == 1
    said = lines(capsys)
    assert "generated/aleph_alpha_api/models/error.py: differs" in said
    assert "openapi/generator.lock: spec version: 4.7.0 in the lock, now 9" in said
    assert any(line.startswith("openapi/generator.lock: spec sha256: ") for line in said)


@pytest.mark.parametrize("name", ["generator.yaml", "patches/patches.yaml", "patches/types.py.jinja"])
def test_drift_is_traced_to_a_setting_or_patch(name: str, paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], paths) == 0
    with (paths.root / "openapi" / name).open("a") as file:
        file.write("\n\n")
    assert main(["--check"], paths) == 1
    assert any(line.startswith(f"openapi/generator.lock: inputs openapi/{name}: ") for line in lines(capsys))


def test_drift_is_traced_to_a_tool(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], paths) == 0
    entries = json.loads(paths.lock.read_text())
    entries["openapi-python-client"]["sha256"] = "0" * 64
    paths.lock.write_text(json.dumps(entries, indent=2) + "\n")
    assert main(["--check"], paths) == 1
    [line] = lines(capsys)
    assert line.startswith("openapi/generator.lock: openapi-python-client sha256: 000000000000 in the lock, now ")


@pytest.mark.parametrize("content", [None, "", "{", "[]"])
def test_a_missing_or_broken_lock_is_drift(
    content: str | None, paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([], paths) == 0
    paths.lock.unlink()
    if content is not None:
        paths.lock.write_text(content)
    assert main(["--check"], paths) == 1
    assert all(line.startswith("openapi/generator.lock: ") for line in lines(capsys))


def test_a_lock_written_on_another_platform_comes_out_the_same_here(paths: Paths) -> None:
    assert main([], paths) == 0
    entries = json.loads(paths.lock.read_text())
    entries["ruff"]["sha256"] = {"another-platform": "1" * 64}
    paths.lock.write_text(json.dumps(entries, indent=2) + "\n")
    assert main(["--check"], paths) == 0
    before = paths.lock.read_bytes()
    assert main([], paths) == 0
    assert paths.lock.read_bytes() == before


# Failures -------------------------------------------------------------------------------------------------------------


def spec(mutation: Mutation) -> Callable[[Paths], None]:
    def change(paths: Paths) -> None:
        document = small()
        mutation(document)
        write(paths.spec, document)

    return change


def thing(schema: Json) -> Callable[[Paths], None]:
    return spec(lambda document: document["components"]["schemas"].update(Thing=schema))


def settings(key: str, value: Any) -> Callable[[Paths], None]:
    def change(paths: Paths) -> None:
        found = yaml.safe_load(paths.settings.read_text())
        found[key] = value if key == "ruff" else {**found[key], **value}
        write(paths.settings, found)

    return change


def patch(change: Callable[[list[Json]], Any]) -> Callable[[Paths], None]:
    def apply(paths: Paths) -> None:
        patches = yaml.safe_load((paths.patches / "patches.yaml").read_text())
        change(patches)
        write(paths.patches / "patches.yaml", patches)

    return apply


def same_operation_twice(document: Json) -> None:
    document["paths"]["/again"] = document["paths"]["/tokenize"]


FAILURES: dict[str, tuple[Callable[[Paths], Any], str]] = {
    "no contract": (lambda paths: paths.spec.unlink(), "cannot be read"),
    "broken YAML": (lambda paths: paths.spec.write_text("a: [1"), "neither JSON nor YAML"),
    "not a mapping": (lambda paths: paths.spec.write_text("[]"), "a mapping is expected"),
    "OpenAPI 2": (lambda paths: write(paths.spec, {"swagger": "2.0"}), "Swagger"),
    "OpenAPI 3.0": (spec(lambda d: d.update(openapi="3.0.3")), '/openapi: "3.0.3" does not match'),
    "no valid OpenAPI": (spec(lambda d: d["info"].pop("version")), '/info: "version" is a required property'),
    "a dangling reference": (
        spec(lambda d: d["components"]["schemas"]["TokenizationRequest"]["properties"].update(a={"$ref": "#/nowhere"})),
        "$ref '#/nowhere' points to nothing",
    ),
    "a duplicate operation id": (spec(same_operation_twice), "tokenize"),
    "a warning of the generator": (thing({"type": "array"}), "openapi-python-client: "),
    "a schema that the generator drops": (thing({"type": "string", "enum": ["a", 1]}), "openapi-python-client: "),
    "an enum of objects": (thing({"type": "object", "enum": [{}]}), "openapi-python-client: "),
    "a name that is no class name": (
        spec(lambda d: d["components"]["schemas"].update(some_thing={"type": "object"})),
        "some_thing: no class of this name was generated\nSomeThing: a class without an object or enum of this name",
    ),
    "a union whose members cannot be told apart": (
        spec(
            lambda d: d["components"]["schemas"].update(
                One={"type": "object", "properties": {"a": {"type": "string"}}},
                Two={"type": "object", "properties": {"b": {"type": "string"}}},
                Both={
                    "type": "object",
                    "properties": {
                        "a": {"oneOf": [{"$ref": "#/components/schemas/One"}, {"$ref": "#/components/schemas/Two"}]}
                    },
                },
            )
        ),
        "a union of One, Two: neither a constant nor a required field tells them apart",
    ),
    "a field that would hide a helper": (
        thing({"type": "object", "properties": {"wrong_type": {"type": "string"}}}),
        "Thing.wrong_type: the generated code uses this name itself",
    ),
    **{
        f"a property named {name}": (
            thing({"type": "object", "properties": {name: {"type": "string"}}}),
            f"Thing.{field}: the generated code uses this name itself",
        )
        for name, field in {
            "to_dict": "to_dict",
            "fromDict": "from_dict",
            "additional-properties": "additional_properties",
        }.items()
    },
    **{
        f"two words of an enum that become one name: {', '.join(map(repr, words))}": (
            thing({"type": "string", "enum": words}),
            f"/components/schemas/Thing/enum: {words[-2]!r} and {words[-1]!r} become one member",
        )
        for words in (["a-b", "a_b"], ["Same", "same"], ["other", "once", "once"], ["value_1", "+"])
    },
    "two properties that become one field": (
        thing({"type": "object", "properties": {"class": {"type": "string"}, "class_": {"type": "string"}}}),
        "/components/schemas/Thing/properties: 'class' and 'class_' become one field",
    ),
    **{
        f"a schema named {name}": (
            spec(lambda d, name=name: d["components"]["schemas"].update({name: {"type": "object"}})),  # type: ignore[misc]
            f"{name}: the generated code uses this name itself",
        )
        for name in ("TypeVar", "Mapping")
    },
    **{
        f"a parameter named {name}": (
            spec(
                lambda d, name=name: d["paths"]["/tokenize"]["post"].update(  # type: ignore[misc]
                    parameters=[{"name": name, "in": "query", "schema": {"type": "string"}}]
                )
            ),
            f"tokenize, parameter {name}: the generated code uses this name itself",
        )
        for name in ("body", "params")
    },
    "another version of the generator": (
        settings("tools", {"openapi-python-client": "0.1"}),
        "openapi/generator.yaml asks for openapi-python-client 0.1, installed is ",
    ),
    "ruff fails": (settings("ruff", [["check", "--no-such-option"]]), "ruff check: "),
    "a patch that no longer fits": (
        patch(lambda p: p.append({"template": "model.py.jinja", "find": "no such text", "put": "", "reason": "r"})),
        "model.py.jinja: 'no such text' occurs 0 times, not 1",
    ),
    "a patch of a template that is gone": (
        patch(lambda p: p.append({"template": "gone.jinja", "find": "a", "put": "b", "reason": "r"})),
        "gone.jinja: the installed generator has no such template",
    ),
    "a replaced template that has changed": (
        patch(lambda p: next(each for each in p if "was" in each).update(was="0" * 64)),
        "ours stands for the template with sha256 0000",
    ),
    "a patch without a reason": (patch(lambda p: p[0].pop("reason")), "patch 0: no reason"),
    "a patch of no known kind": (patch(lambda p: p.append({"template": "a", "reason": "r"})), "expected find/put"),
    "a missing file of a patch": (lambda paths: (paths.patches / "decoding.py").unlink(), "decoding.py"),
}


@pytest.mark.parametrize(("spoil", "message"), FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize("arguments", [[], ["--check"]], ids=["rebuilding", "checking"])
def test_a_failure_is_told_in_words_and_leaves_the_old_package(
    arguments: list[str],
    spoil: Callable[[Paths], Any],
    message: str,
    paths: Paths,
    capsys: pytest.CaptureFixture[str],
) -> None:
    paths.output.mkdir(parents=True)
    (paths.output / "old.py").write_text("old")
    paths.lock.write_text("old lock")
    spoil(paths)
    assert main(arguments, paths) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert "Traceback" not in said.err
    assert tree(paths.output.parent) == {"aleph_alpha_api/old.py": b"old"}
    assert paths.lock.read_text() == "old lock"


@pytest.mark.parametrize("failure", [PermissionError(13, "not now"), KeyboardInterrupt()], ids=["refused", "stopped"])
def test_an_output_that_cannot_be_put_in_place_leaves_the_old_one(
    failure: BaseException, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths.output.mkdir(parents=True)
    (paths.output / "old.py").write_text("old")
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if target == paths.output and self.name != "old":
            raise failure
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(type(failure)):
        regenerate.regenerate(paths)
    assert tree(paths.output.parent) == {"aleph_alpha_api/old.py": b"old"}


def lose_operation(data: GeneratorData) -> None:
    next(iter(data.endpoint_collections_by_tag.values())).endpoints.pop()


@pytest.mark.parametrize(
    ("lose", "message"),
    [
        (lambda data: data.models.pop(), "no class of this name was generated"),
        (lambda data: data.enums.pop(), "no class of this name was generated"),
        (lose_operation, "operations in the contract"),
    ],
    ids=["a model", "an enum", "an operation"],
)
def test_what_the_generator_loses_without_a_word_is_missed(
    lose: Callable[[GeneratorData], Any], message: str, tmp_path: Path
) -> None:
    derived = derive(contract())
    data, _ = generator_run._parse(derived, {"package_name_override": "a"}, tmp_path)
    generator_run._nothing_dropped(derived, data)
    lose(data)
    with pytest.raises(generator_run.RunError, match=message):
        generator_run._nothing_dropped(derived, data)


# Details --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "patch", "result"),
    [
        ("aba", {"find": "b", "put": "c"}, "aca"),
        ("aba", {"find": "a", "put": "", "count": 2}, "b"),
        ("[a]x[b]", {"from": "[a]", "until": "[b]", "put": "y"}, "y[b]"),
    ],
)
def test_patches_replace_what_they_name(text: str, patch: Json, result: str) -> None:
    assert template_patch.apply(text, {"template": "t", **patch}) == result


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        ({"find": "a", "put": ""}, "t: 'a' occurs 2 times, not 1"),
        ({"find": "b", "put": "", "count": 2}, "t: 'b' occurs 1 times, not 2"),
        ({"from": "a", "until": "b", "put": ""}, "t: 'a' occurs 2 times, not 1"),
        ({"from": "b", "until": "z", "put": ""}, "t: 'z' occurs 0 times, not 1"),
        ({"from": "c", "until": "b", "put": ""}, "t: 'b' does not come after 'c'"),
    ],
)
def test_patches_that_do_not_fit_are_refused(patch: Json, message: str) -> None:
    with pytest.raises(template_patch.PatchError, match=message):
        template_patch.apply("abac", {"template": "t", **patch})


def test_every_template_of_ours_is_used() -> None:
    patches = template_patch.load(Paths().patches / "patches.yaml")
    used = {patch.get("with") or patch.get("add") for patch in patches} - {None}
    assert used | {"patches.yaml"} == {path.name for path in Paths().patches.iterdir()}


def test_locks_differ_by_entry() -> None:
    old = {"a": {"b": "1", "gone": "2"}, "same": 1}
    new = {"a": {"b": "3"}, "same": 1, "c": "4"}
    assert list(lock_file.differences(old, new)) == [
        "a b: 1 in the lock, now 3",
        "a gone: 2 in the lock, now nothing",
        "c: nothing in the lock, now 4",
    ]


def test_classes_of_optional_fields_and_in_a_cycle_are_imported_where_an_object_of_them_comes(paths: Paths) -> None:
    def ref(name: str) -> dict[str, str]:
        return {"$ref": f"#/components/schemas/{name}"}

    fields = {"next": ref("Tail"), "code": ref("Error"), "parts": {"type": "array", "items": ref("Part")}}
    node = {"type": "object", "required": ["code"], "properties": fields}
    part = {"type": "object", "properties": {"size": {"type": "integer"}}}
    tail = {"type": "object", "required": ["back"], "properties": {"back": ref("Node")}}
    spec(lambda document: document["components"]["schemas"].update(Node=node, Tail=tail, Part=part))(paths)
    regenerate.regenerate(paths)
    code = (
        "import sys\n"
        "from aleph_alpha_api.models import Node\n"
        "loaded = {name.rpartition('.')[2] for name in sys.modules if 'aleph_alpha_api.models.' in name}\n"
        "assert loaded & {'node', 'error', 'tail', 'part'} == {'node', 'error'}, loaded\n"
        "error = {'code': 'x'}\n"
        "value = {'code': error, 'parts': [{'size': 1}, {'size': 2}], 'next': {'back': {'code': error}}}\n"
        "assert Node.from_dict(value).to_dict() == value"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(paths.output.parent)})
    source = (paths.output / "models" / "node.py").read_text()
    assert source.index("from ..models.error import Error") < source.index("class Node")
    assert source.count("        from ..models.part import Part") == 1  # before the loop over the list
