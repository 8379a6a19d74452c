"""The options of Segment: folded away, and a model from outside is asked about once."""

import json
import shutil

import pytest
from MosMedCOVIDLib.segmentation.bundle import DEFAULT_BUNDLE


@pytest.fixture
def bundles(reader, monkeypatch):
    """The choice of bundles; what it asks is kept in `reader.asked`, and answered with `reader.answer`."""
    bundles = reader.panel.segment_options.bundles
    monkeypatch.setattr(bundles, "confirm", lambda question: (reader.asked.append(question), reader.answer == "yes")[1])
    yield bundles
    bundles.choose(DEFAULT_BUNDLE)


@pytest.fixture
def foreign(tmp_path):
    """A bundle that did not come with the module."""
    folder = shutil.copytree(DEFAULT_BUNDLE, tmp_path / "another", ignore=shutil.ignore_patterns("*.pt", "scripts"))
    config = folder / "configs" / "metadata.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "name": "another_model", "version": "2"}))
    return folder


def options_of(reader):
    """The command lines of both workers."""
    return [" ".join(worker._options()) for worker in (reader.panel.worker._worker, reader.panel.worker._ahead.worker)]


def test_the_options_are_folded_away_until_they_are_asked_for(reader):
    ui = reader.ui
    assert not ui.segmentOptions.isVisibleTo(ui.segmentSection)
    ui.optionsButton.setChecked(True)
    assert ui.segmentOptions.isVisibleTo(ui.segmentSection)
    ui.optionsButton.setChecked(False)


def test_the_modules_own_model_comes_first_and_needs_no_trust(reader, bundles):
    name = json.loads((DEFAULT_BUNDLE / "configs" / "metadata.json").read_text())["name"]
    assert reader.ui.bundleBox.itemText(0).startswith(name)
    assert bundles.folder == DEFAULT_BUNDLE
    assert all("--trust-bundle" not in options for options in options_of(reader))


def test_a_model_from_outside_is_not_used_without_a_yes(reader, bundles, foreign):
    reader.answer = "no"
    assert not bundles.choose(foreign)
    assert "any code" in reader.asked[-1]
    assert str(foreign) in reader.asked[-1]
    assert bundles.folder == DEFAULT_BUNDLE
    assert reader.ui.bundleBox.currentIndex == 0
    assert all(str(foreign) not in options for options in options_of(reader))


def test_a_model_that_is_trusted_is_used_and_asked_about_only_once(reader, bundles, foreign):
    reader.answer = "yes"
    assert bundles.choose(foreign)
    assert reader.ui.bundleBox.currentText == "another_model 2"
    assert all(f"--bundle {foreign} " in options for options in options_of(reader))
    assert all("--trust-bundle" in options for options in options_of(reader))
    reader.ui.bundleBox.setCurrentIndex(0)
    assert all("--trust-bundle" not in options for options in options_of(reader))
    reader.ui.bundleBox.setCurrentIndex(reader.ui.bundleBox.findText("another_model 2"))
    assert bundles.folder == foreign
    assert len(reader.asked) == 1


def test_a_folder_that_is_no_model_says_so(reader, bundles, tmp_path):
    assert not bundles.choose(tmp_path)
    assert "metadata.json" in reader.told[-1]
    assert reader.asked == []


def test_a_model_for_other_things_says_so(reader, bundles, foreign):
    config = foreign / "configs" / "metadata.json"
    metadata = json.loads(config.read_text())
    metadata["network_data_format"]["outputs"]["pred"]["channel_def"] = {"0": "background", "1": "spleen"}
    config.write_text(json.dumps(metadata))
    assert not bundles.choose(foreign)
    assert len(reader.told) == 1
    assert reader.asked == []


def test_another_folder_is_chosen_by_the_last_entry(reader, bundles, foreign, monkeypatch):
    import qt

    box = reader.ui.bundleBox
    monkeypatch.setattr(qt.QFileDialog, "getExistingDirectory", lambda *arguments: "")
    box.setCurrentIndex(box.count - 1)
    assert bundles.folder == DEFAULT_BUNDLE
    assert box.currentIndex == 0
    reader.answer = "yes"
    monkeypatch.setattr(qt.QFileDialog, "getExistingDirectory", lambda *arguments: str(foreign))
    box.setCurrentIndex(box.count - 1)
    assert bundles.folder == foreign
    assert box.currentText == "another_model 2"


def test_nobody_is_there_to_trust_in_a_test():
    from MosMedCOVIDLib.panel import messages

    assert not messages.trusted("Really?")


@pytest.mark.parametrize("agreed", [True, False])
def test_in_slicer_what_a_model_from_outside_needs_is_offered(reader, bundles, foreign, monkeypatch, agreed):
    from MosMedCOVIDLib.panel import messages, segment_options

    installed, asked = [], []
    monkeypatch.setattr(segment_options.shutil, "which", lambda name: f"/slicer/{name}")
    monkeypatch.setattr(segment_options, "missing_for_torch", lambda: ["torch", "monai"])
    monkeypatch.setattr(segment_options, "install", installed.append)
    monkeypatch.setattr(messages, "confirmed", lambda question: (asked.append(question), agreed)[1])
    (foreign / "models" / "model.onnx").unlink(missing_ok=True)
    reader.answer = "yes"
    assert bundles.choose(foreign)
    assert "torch and monai" in asked[0]
    assert installed == [["torch", "monai"]] * agreed
