"""Which programs a module starts, read from its tree: through names, lists, helpers and their callers."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache

from tests.house.tree import Module

STARTERS = {
    "subprocess": {"run", "Popen", "call", "check_call", "check_output", "getoutput", "getstatusoutput"},
    "asyncio": {"create_subprocess_exec", "create_subprocess_shell"},
    "os": {"system", "popen", "execv", "execve", "execvp", "execvpe", "execl", "execlp", "posix_spawn"},
}
OURSELVES = "python"
"""sys.executable: no package of the list."""
UNREADABLE = "?"
Function = ast.FunctionDef | ast.AsyncFunctionDef


def may_start(text: str, helpers: Iterable[str] = ()) -> bool:
    """Whether a text names a module of starters, a starter of `os` or a helper: most need no reading."""
    return any(word in text for word in ("subprocess", *STARTERS["os"], *helpers))


class Reader:
    """One module: its functions, what its names are given, and its own helpers that start something."""

    def __init__(self, module: Module, helpers: Iterable[str] = ()) -> None:
        self._tree = module.tree
        self._functions = [node for node in _nodes(module.tree) if isinstance(node, Function)]
        self._imported = _imported(module.tree)
        self._helpers = dict.fromkeys(helpers, 0)

    def programs(self) -> set[str]:
        """The first words of everything started; ``?`` for a start whose program cannot be read."""
        found: set[str] = set()
        asked: set[str] = set()
        while True:
            for call in self._starts():
                found |= self._word(self._command(call), call)
            new = set(self._helpers) - asked
            if not new:
                return found
            asked |= new

    def helpers(self) -> set[str]:
        """Functions of this module whose callers say what is started; known after :meth:`programs`."""
        return set(self._helpers)

    def _starts(self) -> Iterator[ast.Call]:
        for node in _nodes(self._tree):
            if isinstance(node, ast.Call) and (
                self._is_starter(node.func) or _name(node.func) in self._helpers
            ):
                yield node

    def _is_starter(self, function: ast.expr) -> bool:
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            return function.attr in STARTERS.get(function.value.id, ())
        return isinstance(function, ast.Name) and function.id in self._imported

    def _command(self, call: ast.Call) -> ast.expr | None:
        place = self._helpers.get(_name(call.func), 0)
        given = [word.value for word in call.keywords if word.arg in ("args", "program", "command")]
        return call.args[place] if len(call.args) > place else (given or [None])[0]

    def _word(self, given: ast.expr | None, where: ast.AST) -> set[str]:
        match given:
            case ast.Constant(value=str() as words) if words.split():
                return {words.split()[0].rpartition("/")[2]}
            case ast.List(elts=[first, *_]) | ast.Tuple(elts=[first, *_]) | ast.Starred(value=first):
                return self._word(first, where)
            case ast.Subscript(value=words, slice=ast.Constant(value=0)):
                return self._word(words, where)
            case ast.Call(func=ast.Attribute(value=text, attr="split")):
                return self._word(text, where)
            case ast.BinOp(left=left):
                return self._word(left, where)
            case ast.IfExp(body=one, orelse=other):
                return self._word(one, where) | self._word(other, where)
            case ast.Attribute(attr="executable") | ast.Name(id="PYTHON"):
                return {OURSELVES}
            case ast.Call(func=ast.Name(id="str" | "list"), args=[inner, *_]):
                return self._word(inner, where)
            case ast.Name(id=name):
                return self._named(name, where)
            case ast.Call(func=function):
                return self._returned(_name(function))
        return {UNREADABLE}

    def _named(self, name: str, where: ast.AST) -> set[str]:
        inside = self._around(where)
        for scope in [function for function in (inside,) if function is not None] + [self._tree]:
            given = list(_given(scope, name))
            if given:
                return {word for one in given for word in self._word(one, one)}
            if isinstance(scope, Function) and self._is_parameter(scope, name):
                return set()
        return {UNREADABLE}

    def _is_parameter(self, function: Function, name: str) -> bool:
        """A helper is a starter itself: its callers are read."""
        arguments = function.args
        names = [one.arg for one in (*arguments.posonlyargs, *arguments.args) if one.arg != "self"]
        if arguments.vararg is not None:
            names.append(arguments.vararg.arg)
        if name not in names:
            return False
        self._helpers.setdefault(function.name, names.index(name))
        return True

    def _returned(self, name: str) -> set[str]:
        returns = [
            node.value
            for function in self._functions
            if function.name == name
            for node in ast.walk(function)
            if isinstance(node, ast.Return)
        ]
        return {word for one in returns for word in self._word(one, one or self._tree)} or {UNREADABLE}

    def _around(self, where: ast.AST) -> Function | None:
        holding = [
            function for function in self._functions if any(node is where for node in ast.walk(function))
        ]
        return min(holding, key=lambda function: len(list(ast.walk(function))), default=None)


@cache
def _nodes(tree: ast.AST) -> list[ast.AST]:
    """All of a module, walked through once."""
    return list(ast.walk(tree))


def _name(function: ast.expr) -> str:
    return str(getattr(function, "attr", getattr(function, "id", "")))


def _given(scope: ast.AST, name: str) -> Iterator[ast.expr]:
    for node in ast.walk(scope):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            yield from (node.value for one in names if one == name)


def _imported(tree: ast.AST) -> set[str]:
    """Starters imported by name: ``from subprocess import run as start`` gives ``start``."""
    return {
        alias.asname or alias.name
        for node in _nodes(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in STARTERS.get(node.module or "", ())
    }
