"""The layers run one way: each model reads its own layer or those before it, and none past the next one.

The edges are read from the ref() and source() of the models' files, so that no build is needed.
"""

from __future__ import annotations

import re
from pathlib import Path

from plie_warehouse.paths import PROJECT

MODELS = PROJECT / "models"
# layer -> the layers that its models may read; reference seeds are open to all.
ALLOWED = {
    "staging": {"staging", "source"},
    "intermediate": {"staging", "intermediate"},
    "marts": {"intermediate", "marts"},
    "indicators": {"marts", "indicators"},
    # The source is the release before (history).
    "disclosure": {"source", "marts", "indicators", "disclosure"},
    "published": {"marts", "indicators", "disclosure", "published"},
    "quality": {"source", "staging", "intermediate", "marts", "indicators", "disclosure", "quality"},
    # What is done with the whole: the published tables are judged, and released.
    "release": {"marts", "indicators", "disclosure", "published", "quality", "release"},
}
# A model that only waits for another one reads nothing of it.
WAITS = re.compile(r"^-- depends_on:.*$", re.MULTILINE)
READS = re.compile(r"""(?:\bref|\.ref)\(\s*['"](\w+)['"]|\bsource\(\s*['"](\w+)['"]""")


def layers(models: Path) -> dict[str, str]:
    """model -> its layer, the first folder under ``models``."""
    files = [path for suffix in ("sql", "py") for path in models.rglob(f"*.{suffix}")]
    return {path.stem: path.relative_to(models).parts[0] for path in files}


def wrong_edges(models: Path) -> list[str]:
    """One sentence for each edge that the layers do not allow, which says what to do."""
    layer_of = layers(models)
    wrong = []
    for path in sorted(path for path in models.rglob("*") if path.suffix in {".sql", ".py"}):
        layer = layer_of[path.stem]
        for model, source in READS.findall(WAITS.sub("", path.read_text(encoding="utf-8"))):
            read = "source" if source else layer_of.get(model)
            if read is not None and read not in ALLOWED[layer]:
                wrong.append(
                    f"{path.stem} ({layer}) reads {model or source} ({read}): let it read a model of"
                    f" {' or '.join(sorted(ALLOWED[layer] - {'source'}))} instead, or move what it needs there."
                )
    return wrong


def test_models_read_their_own_layer_or_the_one_before() -> None:
    """No edge goes up, and none past a layer."""
    assert not (wrong := wrong_edges(MODELS)), "\n".join(wrong)


def test_an_edge_up_and_an_edge_past_a_layer_are_named(tmp_path: Path) -> None:
    """A rule that reads a mart, and a mart that reads staging and a source, are told each in one sentence."""
    sql = {
        "staging/plie/stg_steps": "{{ source('plie', 'steps') }}",
        "intermediate/plie/int_steps": "{{ ref('stg_steps') }} {{ ref('fct_steps') }} {{ ref('exit_classes') }}",
        "marts/plie/fct_steps": "{{ ref('int_steps') }} {{ ref('stg_steps') }} {{ source('plie', 'steps') }}",
    }
    for name, text in sql.items():
        path = tmp_path / f"{name}.sql"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    assert [sentence.split(":")[0] for sentence in wrong_edges(tmp_path)] == [
        "int_steps (intermediate) reads fct_steps (marts)",
        "fct_steps (marts) reads stg_steps (staging)",
        "fct_steps (marts) reads plie (source)",
    ]
