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


def test_a_damaged_model_of_the_modules_own_does_not_take_the_panel_down(reader, foreign, monkeypatch):
    from MosMedCOVIDLib.panel import bundle_choice
    from PySide6.QtWidgets import QComboBox

    missing = foreign.with_name("missing")
    (foreign / "configs" / "metadata.json").write_text("{")
    monkeypatch.setattr(bundle_choice, "MODELS", foreign.parent)
    monkeypatch.setattr(bundle_choice, "DEFAULT_BUNDLE", missing)
    box = QComboBox()
    choice = bundle_choice.BundleChoice(box, lambda folder, trusted: None)
    assert [box.itemText(index) for index in range(2)] == ["missing", "another"]
    assert choice.folder == missing


def test_what_was_segmented_ahead_by_another_model_is_no_longer_promised(reader, bundles, monkeypatch):
    worker = reader.panel.worker
    told = []
    monkeypatch.setattr(worker, "_changed", lambda: told.append(worker.remark))
    worker.use(DEFAULT_BUNDLE, False)
    assert told == [""]


@pytest.fixture
def offered(monkeypatch):
    """Slicer without torch: what the reader is asked, what is installed, and whether they agree ("agreed")."""
    from MosMedCOVIDLib.panel import messages, segment_options

    offered = {"asked": [], "installed": [], "agreed": True}
    monkeypatch.setattr(segment_options.shutil, "which", lambda name: f"/slicer/{name}")
    monkeypatch.setattr(segment_options, "missing_for_torch", lambda: ["torch", "monai"])
    monkeypatch.setattr(segment_options, "install", offered["installed"].append)
    monkeypatch.setattr(messages, "confirmed", lambda asked: (offered["asked"].append(asked), offered["agreed"])[1])
    return offered


def test_in_slicer_what_a_gpu_needs_is_offered_when_it_is_chosen(reader, offered):
    box = reader.ui.deviceBox
    box.setCurrentIndex(box.findText("CPU"))
    assert offered["asked"] == []
    box.setCurrentIndex(box.findText("GPU"))
    assert "NVIDIA" in offered["asked"][0]
    assert offered["installed"] == [["torch", "monai"]]
    box.setCurrentIndex(0)


@pytest.mark.parametrize("agreed", [True, False])
def test_in_slicer_what_a_model_from_outside_needs_is_offered(reader, bundles, foreign, offered, agreed):
    offered["agreed"] = agreed
    (foreign / "models" / "model.onnx").unlink(missing_ok=True)
    reader.answer = "yes"
    assert bundles.choose(foreign)
    assert "torch and monai" in offered["asked"][0]
    assert offered["installed"] == [["torch", "monai"]] * agreed


def test_in_slicer_torch_is_offered_to_a_model_of_whole_studies_also_where_it_brings_onnx(
    reader, bundles, foreign, offered
):
    reader.answer = "yes"
    assert bundles.choose(foreign)
    assert offered["asked"] == [], "of our kind, it runs by ONNX"
    another = foreign.rename(foreign.with_name("of whole studies"))
    config = another / "configs" / "inference.json"
    config.write_text(
        json.dumps({key: value for key, value in json.loads(config.read_text()).items() if key != "view"})
    )
    assert bundles.choose(another)
    assert "torch and monai" in offered["asked"][0]
