"""The technical audit: is a study fit for grading, and what should the reader know about it?"""

from .checks import Audit, Check, Level
from .make import audit_of_refusal, audit_study

__all__ = ["Audit", "Check", "Level", "audit_of_refusal", "audit_study"]
