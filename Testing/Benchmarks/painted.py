"""A script for the application: says on standard output that the views are painted, and ends it."""

import slicer
from PySide6.QtCore import QEvent, QObject


class Painted(QObject):
    """Notes when a widget has been painted."""

    def __init__(self, widget: object) -> None:
        super().__init__()
        self.times = 0
        widget.installEventFilter(self)

    def eventFilter(self, widget: QObject, event: QEvent) -> bool:  # noqa: N802, Qt's own name
        """Counts, and lets it be painted."""
        self.times += event.type() == QEvent.Type.Paint
        return False


def main() -> None:
    """Waits until each view of the layout is painted once more, with all that has been opened."""
    layout = slicer.app.layoutManager()
    views = [layout.sliceWidget(name).sliceView() for name in layout.sliceViewNames()]
    views += [layout.threeDWidget(number).threeDView() for number in range(layout.threeDViewCount)]
    painted = [Painted(view) for view in views]
    for view in views:
        view.scheduleRender()
    while not all(one.times for one in painted):
        slicer.app.processEvents()
    print("painted", flush=True)


if __name__ == "__main__":
    main()
    slicer.util.exit(0)
