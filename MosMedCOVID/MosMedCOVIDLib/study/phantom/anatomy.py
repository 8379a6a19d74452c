"""The phantom's anatomy as numbers: outlines by height, organs as ellipsoids and tubes, HU of tissues.

Millimetres of the body: x to the patient's left, y to the back, z to the head (grid.py). Shapes were drawn by eye
after adult chest CTs in full inspiration, arms up. HU of tissues: Schneider, Bortfeld and Schlegel, Phys. Med.
Biol. 45 (2000) 459-478, table 1 (fat, muscle, bone, blood); lung: about -850 HU in inspiration, less at the front
and more at the back of a patient on the back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

AIR, OUTSIDE_FIELD = -1000, -1024
SKIN, FAT, MUSCLE, BLOOD, HEART, LIVER, SPLEEN, STOMACH = 10, -100, 52, 42, 40, 58, 48, 30
CORTICAL, TRABECULAR, CARTILAGE, DISC, CORD = 600, 180, 110, 85, 25
# From this many mm below the top of the table downwards: mattress, shell, foam, shell, air.
TABLE = ((-8, -920), (0, -150), (2, -960), (26, -150), (28, AIR))


@dataclass(frozen=True)
class Ellipsoid:
    """A solid with one tissue; turned about the body's long axis, positive from the left towards the back."""

    centre: tuple[float, float, float]
    radii: tuple[float, float, float]
    hu: float
    turn_degrees: float = 0.0


def tube(hu: float, *stations: tuple[float, float, float, float]) -> list[Ellipsoid]:
    """A round tube through stations (x, y, z, radius), as spheres so dense that they touch the eye as one."""
    points = np.array(stations, float)
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points[:, :3], axis=0), axis=1))])
    steps = np.arange(0, along[-1], 0.6 * points[:, 3].min())
    x, y, z, radius = (np.interp(steps, along, column).tolist() for column in points.T)
    return [Ellipsoid((a, b, c), (r, r, r), hu) for a, b, c, r in zip(x, y, z, radius, strict=True)]


def both_sides(solids: list[Ellipsoid]) -> list[Ellipsoid]:
    """The solids, given on the left, and their mirror images on the right."""
    mirrored = [Ellipsoid((-s.centre[0], *s.centre[1:]), s.radii, s.hu, -s.turn_degrees) for s in solids]
    return solids + mirrored


# ------------------------------------------------------------------ outlines by height
# The cage's inside: hemithorax centres at x = ±middle, `side` mm from there to the ribs, front and back from y = 0.
CAGE_Z = (-160, -120, -50, 0, 50, 85, 105, 118, 127, 132)
CAGE = {
    "middle": (66, 66, 65, 63, 57, 51, 47, 45, 44, 44),
    "side": (72, 72, 71, 68, 60, 47, 34, 23, 13, 1),
    "front": (86, 90, 91, 87, 75, 55, 36, 20, 6, -5),
    "back": (72, 90, 95, 94, 88, 76, 64, 51, 38, 30),
}
# The skin: half the width, front and back; shoulders widen it above.
SKIN_Z = (-160, -50, 0, 50, 90, 120, 160)
SKIN_OUTLINE = {
    "side": (166, 168, 171, 177, 190, 202, 190),
    "front": (113, 117, 114, 103, 88, 74, 62),
    "back": (122, 128, 130, 128, 122, 112, 100),
}
SKIN_MM, FAT_SIDE_MM, FAT_FRONT_MM, FAT_BACK_MM = 2.0, 13.0, 11.0, 8.0

# In the midline the cage is flattened to this part of its depth, for breastbone and spine.
MIDLINE_DEPTH = 0.78

# Half the width of the mediastinum by depth y (columns) and height z (rows), for the right and the left lung.
MEDIASTINUM_Y = (-110, -80, -50, -20, 0, 20, 35, 50, 70, 90, 110)
MEDIASTINUM_Z = (-120, -40, 20, 60, 85, 110)
MEDIASTINUM_RIGHT = (
    (6, 9, 20, 32, 30, 18, 9, 16, 21, 25, 30),
    (4, 5, 12, 30, 29, 18, 8, 16, 21, 25, 30),
    (3, 4, 10, 32, 32, 22, 12, 17, 21, 25, 30),
    (3, 3, 6, 29, 30, 22, 17, 18, 21, 25, 30),
    (4, 5, 12, 30, 28, 22, 19, 19, 22, 25, 30),
    (16, 18, 22, 28, 28, 25, 23, 22, 23, 26, 30),
)
MEDIASTINUM_LEFT = (
    (6, 11, 26, 34, 30, 26, 30, 31, 24, 26, 30),
    (4, 7, 20, 34, 33, 28, 33, 35, 25, 26, 30),
    (3, 4, 13, 34, 34, 28, 36, 37, 26, 26, 30),
    (3, 3, 7, 26, 33, 36, 36, 32, 25, 26, 30),
    (4, 5, 12, 27, 30, 30, 28, 26, 25, 26, 30),
    (16, 18, 22, 29, 30, 29, 27, 26, 24, 26, 30),
)


@dataclass(frozen=True)
class Dome:
    """One half of the diaphragm: its top, and the ellipse that it has reached `depth_mm` further down."""

    top: tuple[float, float, float]
    radii: tuple[float, float]
    depth_mm: float


# The right dome stands 1-2 cm higher than the left.
DOME_RIGHT = Dome((-58, -25, -46), (92, 110), 92)
DOME_LEFT = Dome((60, -25, -57), (86, 108), 78)
DOME_ROUNDNESS = 2.3
DIAPHRAGM_MM = 3.0

# The oblique fissures: their height at the midline and y = 0, the climb to the back, the fall to the side.
FISSURE_Z, FISSURE_CLIMB, FISSURE_FALL, FISSURE_MM = 12.0, 0.85, 0.25, 0.5

VERTEBRA_MM, DISC_MM = 24.0, 5.0
RIB_PITCH_MM, RIB_HALF_HEIGHT_MM, RIB_WALL_MM = 25.0, 6.5, 10.0
# Ribs fall from the back to the front, and from the spine to the side.
RIB_FALL_FORWARD, RIB_FALL_SIDEWAYS = 0.5, 0.3


def spine_y(z: float) -> float:
    """Depth of the vertebral bodies' middle: the thoracic kyphosis."""
    return 59 - 0.0007 * z * z


# ------------------------------------------------------------------ organs, painted in this order
ABDOMEN = [
    Ellipsoid((30, -52, -100), (70, 30, 34), LIVER),
    Ellipsoid((62, -6, -112), (42, 48, 40), MUSCLE),
    Ellipsoid((62, -6, -112), (39, 45, 37), STOMACH),
    Ellipsoid((60, -30, -112), (29, 17, 27), AIR),
    Ellipsoid((106, 44, -126), (30, 38, 46), SPLEEN, -35),
    *both_sides([Ellipsoid((12, 36, -140), (9, 13, 45), MUSCLE)]),
]
HILUM_RIGHT, HILUM_LEFT = (-41.0, 6.0, 8.0), (42.0, 14.0, 10.0)
_AORTA = (
    (0, -18, -18, 14), (-10, -28, 5, 16), (-12, -28, 30, 16), (-6, -20, 52, 14), (9, 0, 62, 13),
    (20, 22, 56, 13), (23, 40, 36, 12), (21, 44, -30, 12), (10, 42, -110, 11), (4, 40, -160, 10),
)  # fmt: skip
_TRACHEA = ((0, -6, 160), (0, 2, 100), (0, 14, 44))
_BRONCHUS_RIGHT = ((0, 14, 44, 7.5), (-20, 16, 26, 7), (-38, 12, 10, 6), (-42, 10, -8, 4))
_BRONCHUS_LEFT = ((0, 14, 44, 7), (24, 20, 24, 6), (42, 20, 12, 5), (46, 22, -6, 3.5))


def _airways(thicker: float, hu: float) -> list[Ellipsoid]:
    """Trachea and main bronchi: their lumen, or with `thicker` millimetres more, their wall."""
    trachea = tube(hu, *((x, y, z, 8.5 + thicker) for x, y, z in _TRACHEA))
    bronchi = (tube(hu, *((*s[:3], s[3] + thicker) for s in side)) for side in (_BRONCHUS_RIGHT, _BRONCHUS_LEFT))
    return trachea + [solid for bronchus in bronchi for solid in bronchus]


CHEST = [
    # Heart in its fat: ventricles towards the left front, right atrium, left atrium behind.
    Ellipsoid((22, -27, -46), (65, 50, 48), FAT, 32),
    Ellipsoid((-20, -17, -38), (30, 33, 42), FAT),
    Ellipsoid((22, -27, -46), (60, 45, 44), HEART, 32),
    Ellipsoid((-18, -17, -38), (26, 29, 38), HEART),
    Ellipsoid((2, 8, -16), (34, 19, 21), HEART),
    # Hila, great veins and arteries.
    Ellipsoid(HILUM_RIGHT, (9, 15, 22), MUSCLE),
    Ellipsoid(HILUM_LEFT, (9, 14, 20), MUSCLE),
    *tube(BLOOD, (-26, -16, 88, 8), (-26, -16, 20, 9), (-24, -12, -10, 10)),
    *tube(BLOOD, (-26, -18, 84, 7), (4, -34, 82, 7), (26, -24, 100, 6), (34, -8, 125, 6)),
    *tube(BLOOD, (-24, 0, -60, 13), (-22, 10, -110, 13), (-18, 20, -160, 12)),
    *tube(BLOOD, (-8, -16, 58, 6), (-16, -8, 90, 6), (-26, -4, 125, 6)),
    *tube(BLOOD, (12, 2, 68, 5), (18, 2, 100, 5), (22, 0, 160, 5)),
    *tube(BLOOD, (19, 14, 64, 5), (24, 12, 100, 5), (50, 2, 128, 5)),
    *tube(BLOOD, *_AORTA),
    *tube(BLOOD, (18, -48, -14, 14), (20, -36, 10, 14), (18, -12, 22, 12), (40, 8, 22, 9)),
    *tube(BLOOD, (16, -12, 18, 11), (-20, -2, 16, 10), (-42, 2, 12, 8)),
    # Gullet with a trace of air, then the airways, walls first.
    *tube(MUSCLE, (4, 22, 160, 7), (6, 32, 60, 7), (6, 36, 20, 7), (3, 28, -50, 7), (14, 14, -100, 8)),
    *tube(-400, (6, 31, 70, 2), (6, 34, 40, 2)),
    *_airways(1.6, MUSCLE),
    *_airways(0.0, AIR + 5),
]
SHOULDERS = [
    # Fat of the armpits and between the muscles; then bone: shoulder blades, collar bones, raised upper arms.
    *both_sides([
        Ellipsoid((133, 2, 62), (16, 34, 36), FAT, 15),
        Ellipsoid((142, -18, 96), (18, 22, 30), FAT),
        Ellipsoid((84, -84, 66), (52, 1.6, 40), FAT, 16),
        Ellipsoid((112, -64, 88), (46, 1.8, 40), FAT, 28),
        Ellipsoid((70, 104, 60), (48, 1.6, 70), FAT, -14),
        Ellipsoid((40, 100, -40), (34, 1.6, 90), FAT, -8),
        Ellipsoid((152, 50, 70), (4, 34, 60), FAT, 8),
        Ellipsoid((124, 76, 52), (42, 4.5, 66), CORTICAL, -38),
        Ellipsoid((124, 76, 52), (39, 2.5, 62), TRABECULAR, -38),
        Ellipsoid((142, 34, 108), (13, 20, 20), CORTICAL, -20),
        Ellipsoid((142, 34, 108), (11, 18, 18), TRABECULAR, -20),
        Ellipsoid((168, 14, 134), (24, 24, 26), CORTICAL),
        Ellipsoid((168, 14, 134), (21.5, 21.5, 23.5), TRABECULAR),
        *tube(CORTICAL, (20, -50, 100, 8), (50, -56, 108, 6), (90, -44, 120, 5.5), (136, -16, 132, 6)),
        *tube(TRABECULAR, (20, -50, 100, 6), (50, -56, 108, 4), (90, -44, 120, 3.5), (136, -16, 132, 4)),
    ]),
]  # fmt: skip
