"""The panel in the host window, with an empty scene before and after each test."""

import time

import pytest
from MosMedCOVIDLib.commands.phantom import save_phantom
from MosMedCOVIDLib.segmentation.masks import Masks


class Reader:
    """Somebody at the panel: presses its buttons, waits for it, and answers its questions as the test says."""

    def __init__(self, host):
        import slicer

        slicer.util.selectModule("MosMedCOVID")
        self.application = host.application
        self.window = host.window
        self.widget = slicer.modules.mosmedcovid.widgetRepresentation().self()
        self.panel = self.widget.panel
        self.ui = self.panel.ui
        self.reading = self.panel.reading
        self.told: list[str] = []
        self.asked: list[str] = []
        self.answer = "discard"
        self.panel.leaving.ask = lambda name: (self.asked.append(name), self.answer)[1]
        self.panel.confirm = lambda question: (self.asked.append(question), self.answer != "cancel")[1]

    def wait(self, until, seconds=300.0):
        """Lets the window work until something is true."""
        end = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < end, "waited in vain"
            self.application.processEvents()
            time.sleep(0.005)

    def settle(self):
        """Lets the window do what it has before it."""
        for _ in range(5):
            self.application.processEvents()
        self.wait(lambda: not self.panel.correct_section.pending, 10)

    def open(self, path):
        """Opens a study by the way of a drop on the window."""
        import slicer

        slicer.app.ioManager().open_path(path)
        self.settle()

    def segment(self):
        """Presses Segment, and waits for the masks."""
        self.ui.segmentButton.click()
        assert self.panel.worker.busy
        self.wait(lambda: not self.panel.worker.busy)
        self.settle()


@pytest.fixture
def reader(host, empty_scene, monkeypatch):
    """A reader before an empty panel, folded as it is at first; what they are told is kept in `told`."""
    from MosMedCOVIDLib.panel import messages  # only the host makes Qt and Slicer importable

    reader = Reader(host)
    for name in ("study", "segment", "view", "correct", "grade", "save"):
        getattr(reader.ui, f"{name}Section").collapsed = name == "correct"
    monkeypatch.setattr(messages, "tell", reader.told.append)
    monkeypatch.setattr(messages, "note", reader.told.append)
    yield reader
    reader.panel.leaving.ask = lambda name: "discard"
    reader.panel.worker.stop()


@pytest.fixture(scope="session")
def phantom_file(phantom, tmp_path_factory):
    """The phantom's CT as a file."""
    path = tmp_path_factory.mktemp("phantom") / "phantom_ct.nii.gz"
    save_phantom(phantom, path)
    return path


@pytest.fixture
def phantom_read(reader, phantom, phantom_file):
    """A reader with the phantom open, and its true masks."""
    reader.open(phantom_file)
    reader.reading.show(Masks(phantom.lungs.copy(), phantom.lesions.copy()))
    reader.panel.new_masks()
    reader.settle()
    return reader
