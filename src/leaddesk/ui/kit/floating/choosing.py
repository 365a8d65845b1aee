"""Choosing files of this computer, to send them: the desktop's own chooser where it has one.

Only reading is asked for. Qt's own chooser would like to note which folders were visited; on Linux the guard
refuses that, as every write.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QDir, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from leaddesk.ui.kit.wording import text

_LABELS = {
    QFileDialog.DialogLabel.LookIn: "kit.choose_in",
    QFileDialog.DialogLabel.FileName: "kit.choose_name",
    QFileDialog.DialogLabel.FileType: "kit.choose_type",
    QFileDialog.DialogLabel.Accept: "kit.choose_open",
    QFileDialog.DialogLabel.Reject: "kit.choose_none",
}


def choose_files(window: QWidget, title: str, taken: Callable[[list[str]], object]) -> QWidget:
    """Open a chooser beside the window; ``taken`` hears of the paths once, or of nothing."""
    chooser = QFileDialog(window, title, QDir.homePath(), text("kit.choose_all"))
    chooser.setOption(QFileDialog.Option.ReadOnly)
    chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    chooser.setFileMode(QFileDialog.FileMode.ExistingFiles)
    chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptOpen)
    for place, words in _LABELS.items():  # last: the modes name the buttons anew
        chooser.setLabelText(place, text(words))
    chooser.filesSelected.connect(taken)
    chooser.open()
    return chooser
