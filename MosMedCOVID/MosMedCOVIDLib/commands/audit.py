"""`audit PATH`: the technical audit alone."""

from __future__ import annotations

import argparse
import json

from ..errors import StudyRefused
from ..reporting.result import SCHEMA, study_json, unread_study_json
from ..reporting.text import audit_lines, study_text
from ..study.audit import audit_of_refusal
from ..study.read import must_exist
from .progress import ProgressBar
from .way import read_and_audit


def run(options: argparse.Namespace) -> int:
    """Prints the audit of whatever exists at the path; 3 where it is refused."""
    must_exist(options.path)
    with ProgressBar(1) as bar:
        bar.begin(options.path.name)
        try:
            study, audit = read_and_audit(options.path, options.series)
            about = study_json(study)
        except StudyRefused as refusal:
            about, audit = unread_study_json(options.path), audit_of_refusal(refusal)
    if options.json:
        print(json.dumps({"schema": SCHEMA, "study": about, **audit.as_json()}))
    else:
        lines = [study_text(about), *(f"  {line}" for line in audit_lines(audit.as_json())), f"  {audit.verdict}"]
        print("\n".join(lines))
    return StudyRefused.exit_code if audit.refusal else 0
