"""Small hand-made studies: a head, groups, and what a test adds; and how to audit them."""

from seedbed.cohort.auditing import audit_study, read_study

HEAD = '[source]\nsource = "a made-up study"\nplace = "Table 1"\n'


def study_text(sizes, *parts, study=""):
    groups = "".join(f'[[group]]\nid = "{group}"\nn = "{n}"\n' for group, n in sizes.items())
    return f"{HEAD}[study]\n{study}\n{groups}" + "\n".join(parts) + "\n"


def variable(name, facts):
    return f'[[variable]]\nid = "{name}"\nlabel = "{name}"\nplace = "Table 1"\n{facts}\n'


def counts(name, rows, more=""):
    listed = ",\n".join(
        "{ " + ", ".join(f'{key} = "{text}"' for key, text in row.items()) + " }" for row in rows
    )
    return variable(name, f'kind = "counts"\nrows = [{listed}]\n{more}')


def cells(name, kind, texts, more=""):
    listed = ", ".join(f'{group} = "{text}"' for group, text in texts.items())
    return variable(name, f'kind = "{kind}"\ncells = {{ {listed} }}\n{more}')


def audited(folder, sizes, *parts, study=""):
    path = folder / "paper.toml"
    path.write_text(study_text(sizes, *parts, study=study), encoding="utf-8")
    return audit_study(read_study(path))


def found(report, kind):
    return [one for one in report.findings if one.kind == kind]


def kinds(verdicts):
    return {one.kind for one in verdicts}
