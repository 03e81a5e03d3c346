"""The texture pool, without a GPU: what is given back is used again, and the budget holds."""

import pytest

from gossamer.backend.webgl.pool import SizeClass, TexturePool, size_class
from tests.backend.fake_device import FakeDevice


@pytest.fixture
def device():
    return FakeDevice()


def make_pool(device, budget=1 << 20):
    return TexturePool(device, budget)


SMALL = SizeClass("float", 16, 16, 1)
OTHER = SizeClass("int", 16, 16, 1)


def test_a_texture_is_used_again_for_its_class_only(device):
    pool = make_pool(device)
    first = pool.take(SMALL)
    pool.give_back(first, SMALL, pool.generation)
    assert pool.take(OTHER) != first
    assert pool.take(SMALL) == first
    assert (pool.hits, pool.misses, pool.used) == (1, 2, 2)


def test_the_budget_frees_what_waits_longest(device):
    pool = make_pool(device, budget=2 * SMALL.bytes)
    numbers = [pool.take(SMALL), pool.take(OTHER)]
    pool.give_back(numbers[0], SMALL, pool.generation)
    pool.give_back(numbers[1], OTHER, pool.generation)
    third = pool.take(SizeClass("float", 8, 8, 1))
    assert numbers[0] not in device.alive
    assert {numbers[1], third} == set(device.alive)
    assert pool.allocated_bytes == sum(c.bytes for c in device.alive.values())


def test_textures_in_use_are_not_freed(device):
    pool = make_pool(device, budget=0)
    number = pool.take(SMALL)
    assert number in device.alive
    pool.give_back(number, SMALL, pool.generation)
    assert not device.alive
    assert pool.allocated_bytes == pool.waiting_bytes == 0


def test_clear_frees_all_that_waits(device):
    pool = make_pool(device)
    numbers = [pool.take(SMALL) for _ in range(5)]
    for number in numbers[1:]:
        pool.give_back(number, SMALL, pool.generation)
    pool.clear()
    assert set(device.alive) == {numbers[0]}


@pytest.mark.parametrize("height", [1, 2, 3, 5, 17, 100, 1000, 8191])
def test_size_classes_waste_a_quarter_at_most(height):
    given = size_class("float", 64, height, 8)
    assert height <= given.height <= height * 1.25


def test_textures_of_a_lost_context_are_not_used_again(device):
    pool = make_pool(device)
    used, waiting = pool.take(SMALL), pool.take(SMALL)
    lost = pool.generation
    pool.give_back(waiting, SMALL, lost)
    pool.restart()
    pool.give_back(used, SMALL, lost)
    assert not device.alive
    assert pool.take(SMALL) not in (used, waiting)
    assert pool.allocated_bytes == SMALL.bytes
    assert pool.used == 1


def test_textures_that_cannot_be_used_again_are_freed(device):
    pool = make_pool(device)
    used, waiting = pool.take(SMALL), pool.take(SMALL)
    before = pool.generation
    pool.give_back(waiting, SMALL, before)
    pool.retire()
    assert set(device.alive) == {used}
    pool.give_back(used, SMALL, before)
    assert not device.alive
    assert pool.allocated_bytes == pool.used == 0
