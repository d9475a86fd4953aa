import numpy as np
import pytest

from seedbed.errors import InputError, StructureError
from seedbed.geometry import PlanarContour, Structure
from seedbed.imaging import CtVolume, SeedLook, make_digital_patient, make_post_implant_ct
from seedbed.imaging.body_parts import Part, Section, read_neck, with_fillings

SMALL = {"spacing_mm": (3.2, 3.2, 5.0), "shape": (28, 64, 64)}
COARSE = {"spacing_mm": (1.6, 1.6, 2.5), "shape": (56, 128, 128)}


@pytest.fixture(scope="module")
def patient():
    return make_digital_patient(np.random.default_rng(7), **COARSE)


def middle(structure):
    lower, upper = structure.bounds_mm
    return (lower + upper) / 2


def test_a_section_is_where_its_level_is_one():
    curve = Section((3.0, -2.0), (9.0, 4.0), 0.5, 2.5, ((3, 0.05, 0.7),))
    x, y = curve.points(60).T
    np.testing.assert_allclose(curve.level(x, y), 1.0, atol=1e-9)


def test_the_area_of_an_ellipse_comes_back_from_contour_and_pixels():
    ellipse = Section((0.3, 0.1), (9.0, 4.0), 0.4, 2.0, ())
    axis = np.arange(-15.0, 15.1, 0.5)
    covered = ellipse.coverage(axis, axis, spacing_mm=(0.5, 0.5)).sum() * 0.25
    slab = Structure("ellipse", (PlanarContour(0.0, ellipse.points(400)),), 1.0)
    assert slab.volume_mm3 == pytest.approx(np.pi * 36, rel=1e-3)
    assert covered == pytest.approx(np.pi * 36, rel=5e-3)


def test_a_mirrored_part_is_the_mirror_image():
    part = Part("p", "muscle", (10.0, 5.0), (6.0, 3.0), turn=25.0, power=2.4, waves=((3, 0.08, 40.0),))
    x, y = part.section(0.0).points(50).T
    np.testing.assert_allclose(part.mirrored().section(0.0).level(-x, y), 1.0, atol=1e-9)


def test_a_repeated_part_fills_its_share_of_the_levels():
    neck = read_neck()
    disc_gap = Part("body", "cortex", (0.0, 0.0), (5.0, 5.0), within=(0.0, 12.6))
    slices = np.arange(-85.0, 85.0, 2.5)
    shares = [disc_gap.share_of_slice(z, z + 2.5, levels=neck.levels) for z in slices]
    assert np.mean(shares) == pytest.approx(12.6 / neck.levels.pitch_mm, abs=1e-9)


def test_fillings_follow_the_last_wall_of_their_group():
    walls = tuple(
        Part(name, "cortex", (0.0, 0.0), (5.0, 5.0), inner=("cancellous", 1.0), group="g") for name in "ab"
    )
    assert [part.tissue for part in with_fillings(walls)] == ["cortex", "cortex", "cancellous", "cancellous"]


@pytest.mark.parametrize("volume_cc", [15.0, 25.0])
def test_the_node_has_the_volume_asked_for(volume_cc):
    patient = make_digital_patient(np.random.default_rng(2), node_volume_cc=volume_cc, **SMALL)
    assert patient.structure("GTV_node").volume_mm3 == pytest.approx(1000 * volume_cc, rel=0.02)


def test_structures_lie_where_anatomy_has_them(patient):
    cord, trachea, gullet = (middle(patient.structure(n)) for n in ("SpinalCord", "Trachea", "Oesophagus"))
    assert trachea[1] < gullet[1] < cord[1]  # from front to back
    assert middle(patient.structure("GTV_node"))[0] > 20  # on the left
    assert middle(patient.structure("Carotid_R"))[0] < 0 < middle(patient.structure("Carotid_L"))[0]


def test_the_target_comes_first_and_contours_have_many_points(patient):
    assert patient.structures[0].name == "GTV_node"
    planes = set(patient.ct.grid.axis_mm(2))
    for structure in patient.structures:
        for contour in structure.contours:
            assert len(contour.points_mm) >= 30
            assert contour.z_mm in planes


def test_no_organ_at_risk_reaches_into_the_target(patient):
    target = patient.structure("GTV_node").coverage(patient.ct.grid)
    for name in ("Trachea", "Oesophagus", "SpinalCord", "Carotid_L", "Carotid_R", "Jugular_L"):
        shared = np.minimum(target, patient.structure(name).coverage(patient.ct.grid))
        assert shared.max() < 0.02, name


def test_every_part_lies_inside_the_skin():
    neck = read_neck()
    skin = next(part for part in neck.parts if part.structure == "External")
    inner = [part for part in neck.parts if part.name not in ("couch", "body", "target")]
    for z in np.linspace(-70, 70, 15):
        for part in inner:
            section = part.section(float(z))
            if section is not None:
                x, y = section.points(60).T
                assert skin.section(float(z)).level(x, y).max() < 1.0, (part.name, z)


def test_the_ct_agrees_with_the_contours(patient):
    grid = patient.ct.grid
    for name, low, high in (("GTV_node", 20, 140), ("SpinalCord", 30, 60), ("Carotid_R", 170, 230)):
        inside = patient.structure(name).coverage(grid) > 0.999
        assert low < np.median(patient.ct.hu[inside]) < high, name
    body = patient.structure("External").coverage(grid)
    assert np.median(patient.ct.hu[body < 0.001]) < -950


def test_the_skin_contour_lies_half_way_between_air_and_skin(patient):
    z = float(patient.ct.grid.axis_mm(2)[28])
    edge = patient.structure("External").polygons_at(z)[0]
    points = np.column_stack([edge, np.full(len(edge), z)])
    assert np.mean(patient.anatomy.sample(points)) == pytest.approx((-995 + 20) / 2, abs=60)


def test_the_same_generator_state_gives_the_same_patient():
    first, again, other = (make_digital_patient(np.random.default_rng(seed), **SMALL) for seed in (7, 7, 8))
    np.testing.assert_array_equal(again.ct.hu, first.ct.hu)
    assert not np.array_equal(other.ct.hu, first.ct.hu)


def test_a_second_scan_has_the_same_anatomy_and_new_noise(patient):
    rng = np.random.default_rng(1)
    post = make_post_implant_ct(patient, np.empty((0, 3)), axes=np.empty((0, 3)), rng=rng)
    tissue = patient.anatomy.hu > -300
    change = (post.hu - patient.ct.hu)[tissue]
    assert change.std() == pytest.approx(np.sqrt(2) * patient.noise_sd_hu, rel=0.03)
    assert abs(change.mean()) < 0.5


def test_a_real_ct_keeps_its_voxels_away_from_the_seeds(patient):
    ct = CtVolume(patient.ct.grid, patient.ct.hu)
    seeds, axes = np.array([[40.0, -6.0, 0.0]]), np.array([[1.0, 0.0, 0.0]])
    post = make_post_implant_ct(ct, seeds, axes=axes, rng=np.random.default_rng(1))
    np.testing.assert_array_equal(post.hu[:, :, :40], ct.hu[:, :, :40])
    added = (post.hu - ct.hu).sum() * ct.grid.voxel_volume_mm3
    assert added == pytest.approx(SeedLook().metal_hu_mm3, rel=0.05)


def test_it_says_that_it_is_synthetic(patient):
    assert "ynthetic" in patient.notice


def test_what_is_not_there_is_named(patient):
    with pytest.raises(StructureError, match="did you mean 'Trachea'"):
        patient.structure("Trachee")


def test_a_node_that_does_not_fit_the_neck_is_refused():
    with pytest.raises(InputError, match="5 to 30 cc"):
        make_digital_patient(np.random.default_rng(1), node_volume_cc=80.0)
