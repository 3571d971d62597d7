"""What keeps a rule from leading to its SQL in two steps."""

from __future__ import annotations

from plie_warehouse.explain.project import Project


def problems(project: Project) -> list[str]:
    """One sentence for each rule without a model or a unit test, each tag that is no rule, and each tag on what does
    not name the rule."""
    found = []
    for rule_id in project.rules:
        if not any(model.rule_id == rule_id and model.place for model in project.models):
            found.append(
                f"Rule {rule_id} has no SQL: tag the model that holds it with `config: {{tags: [{rule_id}]}}` and name"
                f" it there in a comment, `-- {rule_id}: ...`."
            )
        if not any(test.rule_id == rule_id for test in project.unit_tests):
            found.append(
                f"Rule {rule_id} has no unit test: tag one that holds it with `config: {{tags: [{rule_id}]}}`."
            )
    for kind, tagged in (("model", project.models), ("macro", project.macros), ("unit test", project.unit_tests)):
        for item in tagged:
            if item.rule_id not in project.rules:
                found.append(
                    f"The {kind} {item.name} is tagged {item.rule_id}, which is no rule: correct the tag, or add the"
                    " rule to seeds/reference/rules.csv."
                )
            elif item.place is None:
                found.append(
                    f"The {kind} {item.name} is tagged {item.rule_id} and does not name it: add a comment"
                    f" `-- {item.rule_id}: ...` where the rule is applied, or take the tag away."
                )
    return found
