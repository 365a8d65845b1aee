"""Hatch build hook: the wheel and an editable install carry the built icons (tools/icons.py)."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class IconsBuildHook(BuildHookInterface[Any]):
    """Builds ``_icons.json`` before the files of a wheel are collected."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the subset and name it an artifact: it is git-ignored, so it would be left out otherwise."""
        tool = Path(self.root) / "tools" / "icons.py"
        spec = importlib.util.spec_from_file_location("icons", tool)
        if spec is None or spec.loader is None:
            raise ImportError(f"cannot read {tool}")
        icons = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(icons)
        icons.build()
        build_data["artifacts"].append("src/leaddesk/ui/theme/_icons.json")
