"""Every address of the program, filled in with the row that it is about."""

import re

VALUES = {
    "kind": "goal",
    "place": "1",
    "number": "1",
    "section": "1",
    "code": "123456",
    "token": "A" * 43,
}
"""What stands in addresses beside row ids: shaped as it should be."""


def routes(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def address(rule, rows, row_id=None):
    """The address of a route, with the example row of its argument or another id."""

    def fill(match):
        kind, _, name = match.group(1).rpartition(":")
        if kind == "uuid":
            return str(row_id or rows[name].id)
        assert name in VALUES, f"{rule.rule}: no example for {name}"
        return VALUES[name]

    return re.sub(r"<([^>]*)>", fill, rule.rule)
