"""The contract suite asks on either database."""

from tests.support.storages import cluster, pytest_generate_tests, storage

__all__ = ["cluster", "pytest_generate_tests", "storage"]
