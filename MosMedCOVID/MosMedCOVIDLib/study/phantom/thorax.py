"""Draws the chest without what the lungs contain: tissue by tissue, plane by plane."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np

from . import anatomy as body
from .grid import Grid
from .outlines import cage_measure, mediastinum_width, outline

# Planes drawn through each slice are at most this far apart: their mean is the slice's partial volume.
PLANE_MM = 4.0
RIGHT, LEFT = 1, 2


@dataclass(frozen=True, eq=False)
class Thorax:
    """The chest on a grid [slice, row, column].

    tissue: int16, the HU that all but the lungs give to a voxel, weighted by their part of it.
    lung_part: uint8 0-255, the part of the voxel that is lung.
    side: uint8 {0, 1 right, 2 left} where at least half of the voxel is lung.
    """

    tissue: np.ndarray
    lung_part: np.ndarray
    side: np.ndarray


def draw_thorax(grid: Grid) -> Thorax:
    """Draw the whole chest; every slice is the mean of planes through its thickness."""
    shape = grid.shape
    thorax = Thorax(np.empty(shape, np.int16), np.empty(shape, np.uint8), np.empty(shape, np.uint8))
    scanner = empty_scanner(grid)
    planes = int(np.ceil(grid.spacing_mm[0] / PLANE_MM))
    offsets = ((np.arange(planes) + 0.5) / planes - 0.5) * grid.spacing_mm[0]
    sides = np.where(grid.x < 0, RIGHT, LEFT).astype(np.uint8)
    for index, middle in enumerate(grid.z):
        tissue = np.zeros(shape[1:], np.int32)
        lung = np.zeros(shape[1:], np.uint8)
        for offset in offsets:
            plane = Plane(grid, float(middle + offset), scanner)
            plane.draw()
            tissue += plane.hu
            lung += plane.lung
        thorax.tissue[index] = tissue // planes
        thorax.lung_part[index] = lung * np.float32(255 / planes)
        thorax.side[index] = sides * (2 * lung >= planes)
    return thorax


def empty_scanner(grid: Grid) -> np.ndarray:
    """Air, and a curved carbon table filled with foam under a mattress: int16 HU [row, column]."""
    hu = np.full(grid.shape[1:], body.AIR, np.int16)
    below = grid.y - (148 - grid.x**2 / 900)
    for top_mm, material in body.TABLE:
        hu[below > top_mm] = material
    return hu


class Plane:
    """One plane of the chest: HU (0 in the lungs) and lungs [row, column], drawn from the outside to the inside."""

    def __init__(self, grid: Grid, z: float, scanner: np.ndarray) -> None:
        self.grid, self.z = grid, z
        self.hu = scanner.copy()
        self.lung = np.zeros(grid.shape[1:], bool)

    def draw(self) -> None:
        """All tissues, in the order in which they cover each other."""
        flesh = self._skin_fat_muscle()
        self._solids(body.SHOULDERS, flesh)
        cage = cage_measure(self.grid, self.z)
        self._ribs(cage)
        self._lungs(cage < 1)
        self._abdomen(cage < 1)
        self._solids(body.CHEST)
        self._spine()
        self._breastbone()
        corners = self.grid.x**2 + self.grid.y**2 > max(self.grid.x[0, 0], self.grid.y[0, 0]) ** 2
        self.hu[corners] = body.OUTSIDE_FIELD
        self.lung[corners] = False
        self.hu[self.lung] = 0

    def _skin_fat_muscle(self) -> np.ndarray:
        """Three layers, one in the other; returns where the innermost is."""
        side, front, back = outline(body.SKIN_OUTLINE, body.SKIN_Z, self.z)
        thin = body.SKIN_MM
        layers = (
            (0.0, 0.0, 0.0, body.SKIN),
            (thin, thin, thin, body.FAT),
            (body.FAT_SIDE_MM, body.FAT_FRONT_MM, body.FAT_BACK_MM, body.MUSCLE),
        )
        for off_side, off_front, off_back, hu in layers:
            across = np.abs(self.grid.x / (side - off_side)) ** 2.3
            y = self.grid.y
            along = np.abs(np.where(y < 0, y / (front - off_front), y / (back - off_back))) ** 2.3
            inside = across + along < 1
            self.hu[inside] = hu
        return inside

    def _ribs(self, cage: np.ndarray) -> None:
        """Slanted rings in the wall of the cage; cartilage where they reach the breastbone."""
        # Near its edge the measure grows by 2 over the distance from the middle, about 85 mm.
        wall = np.nonzero((cage > 1) & (cage < 1 + body.RIB_WALL_MM * 2 / 85))
        depth = (cage[wall] - 1) * (85 / 2) - body.RIB_WALL_MM / 2
        x, y = np.abs(self.grid.x[0, wall[1]]), self.grid.y[wall[0], 0]
        height = self.z - body.RIB_FALL_FORWARD * y + body.RIB_FALL_SIDEWAYS * x
        height = height % body.RIB_PITCH_MM - body.RIB_PITCH_MM / 2
        rib = (height / body.RIB_HALF_HEIGHT_MM) ** 2 + (depth / (0.4 * body.RIB_WALL_MM)) ** 2
        bone = np.where(rib < 0.45, body.TRABECULAR, body.CORTICAL)
        bone[(y < -45) & (x < 75)] = body.CARTILAGE
        bone[rib > 1] = body.MUSCLE - 10
        self.hu[wall] = bone

    def _lungs(self, cage: np.ndarray) -> None:
        """Everything in the cage beside the mediastinum; the abdomen and the organs take their share later."""
        self.hu[cage] = body.FAT
        for sign, table in ((-1, body.MEDIASTINUM_RIGHT), (1, body.MEDIASTINUM_LEFT)):
            width = mediastinum_width(self.grid.y, self.z, table)
            beside = sign * self.grid.x > width
            self.lung |= cage & beside

    def _abdomen(self, cage: np.ndarray) -> None:
        """Below the two domes: diaphragm, then fat with liver, stomach and spleen."""
        below = np.zeros_like(cage)
        for dome, filling in ((body.DOME_RIGHT, body.LIVER), (body.DOME_LEFT, body.FAT)):
            for thickness, hu in ((0.0, body.MUSCLE), (body.DIAPHRAGM_MM, filling)):
                inside = self._under_dome(dome, thickness) & cage
                self.hu[inside] = hu
                self.lung[inside] = False
            below |= inside
        self._solids(body.ABDOMEN, below)

    def _under_dome(self, dome: body.Dome, thickness: float) -> np.ndarray:
        fallen = (dome.top[2] - thickness - self.z) / dome.depth_mm
        if fallen <= 0:
            return np.zeros(self.hu.shape, bool)
        grown = fallen ** (1 / body.DOME_ROUNDNESS)
        reach = [radius * grown - thickness for radius in dome.radii]
        across = ((self.grid.x - dome.top[0]) / max(reach[0], 1.0)) ** 2
        return across + ((self.grid.y - dome.top[1]) / max(reach[1], 1.0)) ** 2 < 1

    def _spine(self) -> None:
        """Vertebra or disc, canal with cord, arch and processes."""
        y = body.spine_y(self.z)
        level = (self.z + 1000) % body.VERTEBRA_MM
        if level < body.DISC_MM:
            self._ellipse(0, y, 17, 14, body.DISC)
        else:
            endplate = level < body.DISC_MM + 1.5 or level > body.VERTEBRA_MM - 1.5
            self._ellipse(0, y, 17, 14, body.CORTICAL - 150)
            self._ellipse(0, y, 15.5, 12.5, 350 if endplate else body.TRABECULAR)
        self._ellipse(0, y + 22, 13, 12, body.CORTICAL - 150)
        if body.VERTEBRA_MM * 0.3 < level < body.VERTEBRA_MM * 0.75:
            for side in (-1, 1):
                self._ellipse(side * 21, y + 24, 13, 4.5, body.CORTICAL - 250, -side * 20)
        self._ellipse(0, y + 40, 3.5, 15, body.CORTICAL - 200)
        self._ellipse(0, y + 22, 9, 8, body.FAT // 2)
        self._ellipse(0, y + 22, 6, 5.5, body.CORD)

    def _breastbone(self) -> None:
        if not -60 < self.z < 92:
            return
        _, _, front, back = outline(body.CAGE, body.CAGE_Z, self.z)
        y = (back - front) / 2 - body.MIDLINE_DEPTH * (back + front) / 2 - 6
        width = float(np.interp(self.z, (-60, -40, 50, 92), (5, 17, 17, 27)))
        self._ellipse(0, y, width, 6.5, body.CORTICAL - 200)
        self._ellipse(0, y, width - 1.5, 5, body.TRABECULAR - 40)

    def _solids(self, solids: list[body.Ellipsoid], where: np.ndarray | None = None) -> None:
        for solid in solids:
            away = (self.z - solid.centre[2]) / solid.radii[2]
            if abs(away) < 1:
                cut = (1 - away * away) ** 0.5
                x, y, _ = solid.centre
                self._ellipse(x, y, solid.radii[0] * cut, solid.radii[1] * cut, solid.hu, solid.turn_degrees, where)

    def _ellipse(
        self,
        x: float,
        y: float,
        radius_x: float,
        radius_y: float,
        hu: float,
        turn_degrees: float = 0.0,
        where: np.ndarray | None = None,
    ) -> None:
        """Fill an ellipse with a tissue that displaces the lung, `where` allowed."""
        reach = max(radius_x, radius_y)
        rows = slice(*self.grid.y[:, 0].searchsorted((y - reach, y + reach)))
        columns = slice(*self.grid.x[0].searchsorted((x - reach, x + reach)))
        over, along = self.grid.x[:, columns] - x, self.grid.y[rows] - y
        cosine, sine = cos(radians(turn_degrees)), sin(radians(turn_degrees))
        inside = ((cosine * over + sine * along) / radius_x) ** 2 + ((cosine * along - sine * over) / radius_y) ** 2 < 1
        if where is not None:
            inside &= where[rows, columns]
        self.hu[rows, columns][inside] = hu
        self.lung[rows, columns][inside] = False
