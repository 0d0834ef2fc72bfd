"""Requests to the brokers that aiokafka's admin client lacks, built from its own protocol classes.

Users: KIP-554, version 0. Rights: version 1 only; aiokafka's own class for reading them also offers version 2,
whose compact encoding it does not have.
"""

# aiokafka carries no types, so that every class made from its classes would be an error.
# mypy: disable-error-code="misc"

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping

from aiokafka.protocol.admin import CreateAclsRequest_v1, DeleteAclsRequest_v1, DescribeAclsRequest_v1
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import CompactArray, CompactBytes, CompactString, Int8, Int16, Int32, Schema, TaggedFields

SCRAM_SHA_256 = 1
ITERATIONS = 8192

ANY, ALLOW, LITERAL, EVERY_HOST = 1, 3, 3, "*"
Row = tuple[int, str, int, str, str, int, int]
"""A right as Kafka keeps it: resource, name, pattern, principal, host, operation, permission."""


class AlterUsersResponse_v0(Response):
    API_KEY = 51
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "results",
            CompactArray(
                ("user", CompactString()),
                ("error_code", Int16),
                ("error_message", CompactString()),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class AlterUsersRequest_v0(RequestStruct):
    API_KEY = 51
    API_VERSION = 0
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = AlterUsersResponse_v0
    SCHEMA = Schema(
        ("deletions", CompactArray(("name", CompactString()), ("mechanism", Int8), ("tags", TaggedFields))),
        (
            "upsertions",
            CompactArray(
                ("name", CompactString()),
                ("mechanism", Int8),
                ("iterations", Int32),
                ("salt", CompactBytes),
                ("salted_password", CompactBytes),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class AlterUsersRequest(Request[AlterUsersRequest_v0]):
    """Create each user, or give it this password: the password itself is never sent."""

    API_KEY = 51

    def __init__(self, passwords: Mapping[str, str]) -> None:
        self._passwords = passwords

    def build(self, request_struct_class: type[AlterUsersRequest_v0]) -> AlterUsersRequest_v0:
        return request_struct_class([], [_user(*item) for item in self._passwords.items()], {})


def _user(name: str, password: str) -> tuple[str, int, int, bytes, bytes, dict[int, bytes]]:
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    return name, SCRAM_SHA_256, ITERATIONS, salt, salted, {}


class DescribeRights(Request[DescribeAclsRequest_v1]):
    API_KEY = 29

    def build(self, request_struct_class: type[DescribeAclsRequest_v1]) -> DescribeAclsRequest_v1:
        return request_struct_class(ANY, None, ANY, None, None, ANY, ANY)


class CreateRights(Request[CreateAclsRequest_v1]):
    API_KEY = 30

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = sorted(rows)

    def build(self, request_struct_class: type[CreateAclsRequest_v1]) -> CreateAclsRequest_v1:
        return request_struct_class(self._rows)


class DeleteRights(Request[DeleteAclsRequest_v1]):
    API_KEY = 31

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = sorted(rows)

    def build(self, request_struct_class: type[DeleteAclsRequest_v1]) -> DeleteAclsRequest_v1:
        return request_struct_class(self._rows)
