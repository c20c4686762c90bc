#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: validate.py FILE|DIRECTORY...

Holds results to their JSON Schema in docs/, those of a directory (its *.json that say which schema they are of) or
single files. What is held is stricter than the schema, which lets newer versions add fields and older ones lack some: here
a result must have every field that the schema describes, and no other. Of lists of more than a thousand rows, as a day
has, both ends are held to it and one row in a hundred between them.
"""

import json
import os
import sys

import jsonschema

DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs")
OPTIONAL = {"instructions",  # left out where the processor does not count them
            "weight",  # of identities without weights
            "certificate_ended_s",  # of identities whose certificate did not end within the run
            "generations", "reloads"}  # of a run without reloads
SCHEMAS = {"pinload.result/1": "result.schema.json", "pinload.compare/1": "compare.schema.json", "pinload.diff/1": "diff.schema.json",
           "pinload.find/1": "find.schema.json", "pinload.pin-check/1": "pin-check.schema.json"}


def flat(node, schema):
    """A node that is a definition and something more (allOf), as one object."""
    made = {name: child for name, child in node.items() if name != "allOf"}
    for part in node["allOf"]:
        definition = schema["$defs"][part["$ref"].rpartition("/")[2]]
        made = {**definition, **made,
                "properties": {**definition.get("properties", {}), **made.get("properties", {})},
                "required": definition.get("required", []) + made.get("required", [])}
    return made


def strict(node, schema):
    """The node of a schema, and all in it, with no room for more or less than it describes."""
    if isinstance(node, list):
        return [strict(child, schema) for child in node]
    if not isinstance(node, dict):
        return node
    node = flat(node, schema) if "allOf" in node else node
    made = {name: strict(child, schema) for name, child in node.items()}
    if isinstance(node.get("properties"), dict) and "type" in node and "additionalProperties" not in node:
        made.update(required=[name for name in node["properties"] if name not in OPTIONAL], additionalProperties=False)
    return made


def thinned(node):
    """The node without most of what is alike in it."""
    if isinstance(node, dict):
        return {name: thinned(child) for name, child in node.items()}
    if not isinstance(node, list):
        return node
    if len(node) > 1000:
        node = node[:100] + node[100:-100:101] + node[-100:]
    return [thinned(child) for child in node]


def validator_of(file):
    with open(os.path.join(DOCS, file), encoding="utf-8") as source:
        schema = json.load(source)
    kind = jsonschema.Draft202012Validator
    kind.check_schema(schema)
    return kind(strict(schema, schema))


def schema_of(path):
    with open(path, encoding="utf-8") as source:
        try:
            data = json.load(source)
        except ValueError:
            return None, None
    return data, data.get("schema") if isinstance(data, dict) else None


def results_in(path):
    """The results in a directory and below it; a file that is named must be one."""
    if not os.path.isdir(path):
        yield path, *schema_of(path)
        return
    for directory, _, names in sorted(os.walk(path)):
        for name in sorted(name for name in names if name.endswith(".json")):
            file = os.path.join(directory, name)
            data, schema = schema_of(file)
            if schema is not None and str(schema).startswith("pinload."):
                yield file, data, schema


def main():
    faults, count = [], 0
    validators = {schema: validator_of(file) for schema, file in SCHEMAS.items()}
    for path in sys.argv[1:]:
        for file, data, schema in results_in(path):
            count += 1
            if schema not in validators:
                faults.append(f"{file} is of schema {schema!r}, which docs/ does not have")
                continue
            for error in list(validators[schema].iter_errors(thinned(data)))[:5]:
                faults.append(f"{file}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")
    for fault in faults[:50]:
        print(fault)
    if count == 0:
        print(f"there is no result in {' '.join(sys.argv[1:])}")
    if faults or count == 0:
        sys.exit(1)
    print(f"{count} results hold their schemas")


main()
