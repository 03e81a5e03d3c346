"""How a case is measured: both are warm, then they alternate, and each sample ends with a wait.

Seventh of the page's Python scripts. A sample is as many runs as take about `SAMPLE` seconds, and
then the read-back of one pixel of what was drawn last, the same for both. The ratio is the median
of the ratios of neighbouring samples: what else the machine does slows down both. Each case is
computed once by both beforehand, and the results are compared.
"""

import asyncio
import json
import time
import zlib
from statistics import median
from urllib.parse import urlencode

import numpy as np
from js import bench, tf
from pyodide.code import run_js
from pyodide.ffi import to_js

from gossamer import ops
from gossamer.backend import get_backend

SAMPLE = 0.06
MOST_RUNS = 5000
BURSTS, BURST = 5, 100  # of dispatches: few enough that the device's queue does not fill
MOST_FIRST_RUNS = 3  # each boots a page of its own
STEPS = 4  # of training, after which the losses are compared
UNITS = {"time": "ms", "dispatch": "µs", "first": "ms", "programs": "", "change": "", "fit": "ms"}
COUNTS = ("programs", "change")  # the same each time


def arrays_of(case):
    """The case's inputs, the same on every run."""
    random = np.random.default_rng(zlib.crc32(case.name.encode()))
    return [array_of(given, random) for given in case.inputs]


def array_of(given, random):
    if isinstance(given, np.ndarray):
        return given
    return given(random) if callable(given) else random.standard_normal(given, np.float32)


class Gossamer:
    """A case on gossamer: from inputs to results."""

    name = "gossamer"

    def __init__(self, case, arrays):
        self.gl = get_backend("webgl").device.context
        self.inputs = [ops.convert_to_tensor(array) for array in arrays]
        self.compute = case.python
        if case.makes:
            self.compute, self.inputs = self.compute(*self.inputs), []

    def repeat(self, times):
        compute, inputs = self.compute, self.inputs
        for _ in range(times):
            compute(*inputs)

    def each(self):
        for tensor in self.inputs:
            self.compute(tensor)

    def result(self):
        return self.compute(*self.inputs).numpy()

    def release(self):
        """Nothing to do: what nobody refers to is gone."""


class TensorFlow:
    """A case on TensorFlow.js: from inputs to results."""

    name = "tfjs"

    def __init__(self, case, arrays):
        self.gl = tf.backend().gpgpu.gl
        self.tensors = self.inputs = to_js(
            [
                tf.tensor(to_js(array.ravel()), to_js(array.shape), array.dtype.name)
                for array in arrays
            ]
        )
        self.compute = run_js(f"({case.javascript})")
        if case.makes:
            self.compute, self.inputs = self.compute(*self.inputs), to_js([])

    def repeat(self, times):
        bench.repeat(self.compute, self.inputs, times)

    def each(self):
        for tensor in self.inputs:
            bench.repeat(self.compute, to_js([tensor]), 1)

    def result(self):
        answer = self.compute(*self.inputs)
        array = np.asarray(answer.dataSync().to_py()).reshape(answer.shape.to_py())
        answer.dispose()
        return array

    def release(self):
        tf.dispose(self.tensors)
        tf.disposeVariables()


ENGINES = (Gossamer, TensorFlow)


def difference(ours, theirs):
    """How far two results differ, relative to the largest element."""
    if ours.shape != theirs.shape:
        raise ValueError(f"The shapes differ: gossamer {ours.shape}, TensorFlow.js {theirs.shape}")
    largest = np.max(np.abs(theirs), initial=1e-30)
    return float(np.max(np.abs(ours.astype(np.float64) - theirs), initial=0.0) / largest)


# ---- again and again, in this page -------------------------------------------------------------


def run_seconds(subject, times):
    """The time of so many runs, until the last is done."""
    start = time.perf_counter()
    subject.repeat(times)
    bench.sync(subject.gl)
    return time.perf_counter() - start


def dispatch_seconds(subject, bursts):
    """The main thread's time for so many bursts of runs, whose results nobody waits for."""
    seconds = 0.0
    for _ in range(bursts):
        start = time.perf_counter()
        subject.repeat(BURST)
        seconds += time.perf_counter() - start
        bench.sync(subject.gl)
    return seconds / BURST


def runs_a_sample(subject):
    """How many runs take about as long as a sample is to take."""
    times, seconds = 1, run_seconds(subject, 1)
    while seconds < SAMPLE / 4 and times < MOST_RUNS:
        times *= 4
        seconds = run_seconds(subject, times)
    return min(max(round(times * SAMPLE / seconds), 1), MOST_RUNS)


def counted(subject, work):
    """What is asked of the subject's context meanwhile; WebGL's errors are raised."""
    counts = bench.count(subject.gl)
    try:
        work()
    finally:
        counts.stop()
    bench.sync(subject.gl)
    if problem := subject.gl.getError():
        raise RuntimeError(f"WebGL's error {problem} with {subject.name}")
    return counts


async def alternate(case, samples):
    """The figures of a case that is run again and again."""
    arrays = arrays_of(case)
    subjects = []
    try:
        for engine in ENGINES:
            subjects.append(engine(case, arrays))
            if case.makes:
                subjects[-1].repeat(STEPS)
        apart = difference(*[subject.result() for subject in subjects])
        draws = {
            subject.name: counted(subject, lambda subject=subject: subject.repeat(1)).draws
            for subject in subjects
        }
        if case.measure == "dispatch":
            take, times = dispatch_seconds, [BURSTS] * 2
        else:
            take, times = run_seconds, [runs_a_sample(subject) for subject in subjects]
        taken = {subject.name: [] for subject in subjects}
        for _ in range(samples):
            for subject, count in zip(subjects, times, strict=True):
                taken[subject.name].append(take(subject, count) / count)
            await asyncio.sleep(0.01)  # the page may draw, listen and tidy up
    finally:
        for subject in subjects:
            subject.release()
    return {**figures(case, taken), "draws": draws, "difference": apart}


# ---- by `fit` ------------------------------------------------------------------------------------


async def epochs(case, samples):
    """The figures of training by `fit`, of which each sample is an epoch."""
    arrays = arrays_of(case)
    subjects = []
    try:
        for engine in ENGINES:
            subjects.append(engine(case, arrays))
        # The epochs' losses are compared: of the first, in which all is compiled, and the second.
        losses = {subject.name: [await subject.compute() for _ in range(2)] for subject in subjects}
        draws = {}
        for subject in subjects:
            counts = bench.count(subject.gl)
            await subject.compute()
            counts.stop()
            draws[subject.name] = round(counts.draws / case.steps)
        taken = {subject.name: [] for subject in subjects}
        for _ in range(samples):
            for subject in subjects:
                start = time.perf_counter()
                await subject.compute()
                taken[subject.name].append((time.perf_counter() - start) / case.steps)
            await asyncio.sleep(0.01)
    finally:
        for subject in subjects:
            subject.release()
    apart = difference(*[np.array(found) for found in losses.values()])
    return {**figures(case, taken), "draws": draws, "difference": apart}


# ---- in a page of its own, where nothing has been compiled ---------------------------------------


def once(case, arrays, engine):
    """One engine's figure where nothing has been compiled: in seconds, or programs."""
    start = time.perf_counter()
    subject = engine(case, arrays)
    if case.measure == "programs":
        return counted(subject, subject.each).programs, np.zeros(0)
    if case.measure == "change":
        subject.repeat(1)
        return counted(subject, lambda: subject.repeat(1)).programs, subject.result()
    result = subject.result()
    return time.perf_counter() - start, result


def measure_here(case, tfjs_first):
    """What a page tells that was opened for one case: figures and the difference of the results."""
    arrays = arrays_of(case)
    order = ENGINES[::-1] if tfjs_first else ENGINES
    done = {engine.name: once(case, arrays, engine) for engine in order}
    taken = {name: figure for name, (figure, _) in done.items()}
    return {**taken, "difference": difference(done["gossamer"][1], done["tfjs"][1])}


async def in_pages_of_their_own(case, samples):
    """The figures of a case for which nothing may have been compiled before."""
    pages = 1 if case.measure in COUNTS else min(samples, MOST_FIRST_RUNS)
    found = []
    for page in range(pages):
        query = {"alone": case.name, "tfjs-first": page % 2}
        found.append(json.loads(await bench.alone(urlencode(query))))
        if "error" in found[-1]:
            raise RuntimeError(found[-1]["error"].strip().rpartition("\n")[2])
    taken = {engine.name: [one[engine.name] for one in found] for engine in ENGINES}
    return {**figures(case, taken), "difference": max(one["difference"] for one in found)}


# ---- rows of the table -------------------------------------------------------------------------


def figures(case, taken):
    """Medians, minima and ratio of what was taken, in the unit of the measure.

    There is no ratio to a count of 0.
    """
    scale = {"ms": 1e3, "µs": 1e6, "": 1}[UNITS[case.measure]]
    pairs = zip(taken["gossamer"], taken["tfjs"], strict=True)
    none = 0 in taken["gossamer"]
    return {
        **{
            name: {"median": median(each) * scale, "min": min(each) * scale}
            for name, each in taken.items()
        },
        "ratio": None if none else median(theirs / ours for ours, theirs in pairs),
    }


async def measure(case, samples):
    """One row of the table, as JSON has it; an error is a row as well."""
    row = {"group": case.group, "name": case.name, "unit": UNITS[case.measure]}
    row |= {"wanted": case.wanted, "limit": case.limit}
    methods = {"time": alternate, "dispatch": alternate, "fit": epochs}
    method = methods.get(case.measure, in_pages_of_their_own)
    try:
        row |= await method(case, samples)
        if row["difference"] > case.tolerance:
            row["error"] = f"The results differ by {row['difference']:.1e} of the largest element"
    except Exception as error:
        row["error"] = f"{type(error).__name__}: {error}".strip()
    row["met"] = "error" not in row and is_met(row)
    return row


def is_met(row):
    """Whether a row reaches what is wanted; None if nothing is."""
    if row["limit"] is not None:
        return row["gossamer"]["median"] <= row["limit"]
    return None if row["wanted"] is None else row["ratio"] >= row["wanted"]
