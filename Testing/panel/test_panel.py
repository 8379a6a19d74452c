"""The panel itself: every control says what it does, everything fits, and what cannot be done cannot be pressed."""

import pytest
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QScrollArea


def test_every_control_has_a_tooltip(reader):
    from PySide6.QtWidgets import QWidget

    controls = (QAbstractButton, QComboBox, QAbstractSpinBox, QAbstractSlider)
    top = reader.ui.studySection.parent()

    def said(widget):
        while widget is not None and widget is not top:
            if widget.toolTip():
                return True
            widget = widget.parent()
        return False

    silent = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in top.findChildren(QWidget)
        if isinstance(widget, controls)
        and not said(widget)
        and not widget.objectName().startswith("qt_")
        and not widget.objectName().endswith("Section")
    ]
    assert silent == []


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
@pytest.mark.parametrize("effect", ["None", "Paint", "Threshold"])
def test_the_panel_fits_without_scrolling_sideways(phantom_read, size, effect):
    reader = phantom_read
    reader.window.resize(*size)
    reader.window.show()
    reader.ui.correctSection.collapsed = False
    reader.ui.segmentEditor.setActiveEffectByName(effect)
    name = "a_study_with_a_name_that_is_" + "very_" * 20 + "long"
    reader.panel.save_section.show_files({"lesions": f"/{name}/{name}/{name}_mask.nii.gz"})
    reader.settle()
    area = next(area for area in reader.window.findChildren(QScrollArea) if area.isAncestorOf(reader.ui.gradeLabel))
    assert area.widget().width() <= area.viewport().width()
    assert area.horizontalScrollBar().maximum() == 0
    reader.ui.segmentEditor.setActiveEffectByName("None")


def test_tab_reaches_every_section(phantom_read, host):
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    reader, ui = phantom_read, phantom_read.ui
    reader.window.show()
    reader.window.activateWindow()
    assert QTest.qWaitForWindowActive(reader.window)
    ui.openFileButton.setFocus()
    seen = [ui.openFileButton.objectName]
    while seen.count(seen[0]) == 1 and len(seen) < 300:
        QTest.keyClick(host.application.focusWidget(), Qt.Key.Key_Tab)
        seen.append(host.application.focusWidget().objectName())
    assert seen[-1] == seen[0], "Tab comes round to where it began"
    wanted = ["openFolderButton", "segmentButton", "styleBox", "slabBox", "ruleBox", "saveButton"]
    assert [name for name in dict.fromkeys(seen) if name in wanted] == wanted


def test_the_window_that_is_shown_is_marked(phantom_read):
    ui, display = phantom_read.ui, phantom_read.reading.volume.GetDisplayNode()
    ui.boneWindowButton.click()
    assert (ui.boneWindowButton.checked, ui.lungWindowButton.checked) == (True, False)
    display.SetWindowLevel(800, 0)  # as the mouse does
    assert not ui.boneWindowButton.checked


def test_without_a_study_nothing_can_be_segmented_or_saved(reader):
    assert not reader.ui.segmentButton.enabled
    assert not reader.ui.saveButton.enabled
    assert reader.ui.gradeLabel.text == "–"


def test_the_audit_is_told_in_one_line_with_its_list_beneath(reader, phantom_file):
    reader.open(phantom_file)
    assert reader.ui.auditLabel.text.startswith(("✓", "!"))
    tree, checks = reader.ui.auditList, reader.reading.audit.worst_first
    remarks = [check.message for check in checks if check.level != "ok"]
    shown = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount)]
    assert [item.text(0) for item in shown[:-1]] == remarks
    assert shown[-1].childCount() == len(checks) - len(remarks)
    assert not shown[-1].isExpanded()


def test_each_check_has_its_badge_and_tells_limit_and_source(reader, phantom_file):
    reader.open(phantom_file)
    tree, checks = reader.ui.auditList, reader.reading.audit.worst_first
    folded = tree.topLevelItem(tree.topLevelItemCount - 1)
    lines = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount - 1)]
    lines += [folded.child(row) for row in range(folded.childCount())]
    for line, check in zip(lines, checks, strict=True):
        assert not line.icon(0).isNull()
        assert check.source in line.toolTip(0)
        assert check.limit is None or str(check.limit) in line.toolTip(0) or check.value is None


def test_the_list_grows_with_what_is_unfolded(reader, phantom_file):
    reader.open(phantom_file)
    reader.window.show()
    reader.ui.auditButton.click()
    reader.settle()
    before = reader.ui.auditList.height
    reader.ui.auditList.topLevelItem(reader.ui.auditList.topLevelItemCount - 1).setExpanded(True)
    reader.settle()
    assert reader.ui.auditList.height > before
    reader.ui.auditButton.click()


def test_a_refused_study_is_segmented_only_when_asked_and_gets_no_grade(reader, shared_data):

    reader.open(shared_data / "other" / "abdomen_ct.nii.gz")
    assert reader.ui.auditLabel.text.startswith("✗")
    reader.answer = "cancel"
    reader.ui.segmentButton.click()
    assert "refused" in reader.asked[-1]
    assert not reader.panel.worker.busy


def test_the_overlay_is_switched_by_its_box_and_by_its_key(phantom_read):
    display = phantom_read.reading.segmentation.GetDisplayNode()
    assert display.GetVisibility2D()
    phantom_read.panel.view_section.toggle_overlay()
    assert not display.GetVisibility2D()
    assert not phantom_read.reading.parameters.overlayVisible


def test_windows_are_those_of_radiology(phantom_read):
    display = phantom_read.reading.volume.GetDisplayNode()
    phantom_read.ui.mediastinumWindowButton.click()
    assert (display.GetWindow(), display.GetLevel()) == (350, 40)
    phantom_read.ui.lungWindowButton.click()
    assert (display.GetWindow(), display.GetLevel()) == (1500, -600)


def test_a_slab_says_what_it_really_holds(phantom_read):
    ui = phantom_read.ui
    ui.slabBox.setCurrentIndex(1)
    ui.thicknessSlider.value = 30.0
    phantom_read.settle()
    assert "Red 3 × 8 mm" in ui.slabUsedLabel.text
    ui.slabBox.setCurrentIndex(0)
    assert not ui.thicknessSlider.enabled
    assert not ui.slabUsedLabel.isVisibleTo(ui.viewSection)


def test_without_a_slab_of_the_panel_the_views_own_one_stays(phantom_read, host):
    red = host.layout_manager.sliceWidget("Red").mrmlSliceNode()
    phantom_read.ui.thicknessSlider.value = 30.0
    for chosen in (1, 0):
        phantom_read.ui.slabBox.setCurrentIndex(chosen)
        phantom_read.settle()
        assert red.GetSlabReconstructionEnabled() == bool(chosen)
    red.SetSlabReconstructionEnabled(True)
    phantom_read.settle()
    assert red.GetSlabReconstructionEnabled()


def test_each_layout_is_shown(phantom_read, host):
    from MosMedCOVIDLib.scene import layouts

    for index in range(phantom_read.ui.layoutBox.count):
        phantom_read.ui.layoutBox.setCurrentIndex(index)
        phantom_read.settle()
        assert layouts.shown() == list(layouts.IDS)[index]
    phantom_read.ui.layoutBox.setCurrentIndex(0)


def test_the_self_test_of_the_module_passes_here(host, empty_scene):
    import MosMedCOVID

    MosMedCOVID.MosMedCOVIDTest().runTest()


def test_every_key_of_the_panel_stands_in_the_modules_help(reader):
    import slicer

    reader.panel.enter()
    of_datasets = {"Ctrl+PgDown", "Ctrl+PgUp"}
    assert set(reader.panel.keys) == {"G", "N", "Shift+N", "Shift+L", "Shift+M", "Shift+B", "Shift+S"} | of_datasets
    assert all(key in slicer.modules.mosmedcovid.helpText for key in reader.panel.keys)
