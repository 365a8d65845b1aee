"""The floor of every start: a PySide6 window of our size with nothing in it."""

from PySide6.QtWidgets import QApplication, QWidget

if __name__ == "__main__":
    app = QApplication([])
    window = QWidget()
    window.resize(1440, 868)
    window.show()
    app.exec()
