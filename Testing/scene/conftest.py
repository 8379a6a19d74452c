import pytest


@pytest.fixture(scope="session")
def host():
    from EmbeddedSlicer.start import start

    return start([], testing=True)


@pytest.fixture
def empty_scene(host):
    host.core.scene.Clear(False)
    yield host.core.scene
    host.core.scene.Clear(False)
