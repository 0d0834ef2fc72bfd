"""What `gelombang up` refuses before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.operator.installation import OperatorError
from deploy.operator.running import up


async def test_services_cannot_be_put_together_and_set_apart_at_once(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="take one of the two"):
        await up(tmp_path, port=1, kafka=False, simulators=False, one_process=True, doors=("incentive",))
