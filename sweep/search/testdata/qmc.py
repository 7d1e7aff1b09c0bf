"""The points of scipy.stats.qmc that TestSequencesOfSciPy compares with, as JSON."""
import json

import scipy
from scipy.stats import qmc

print(json.dumps({
    "scipy": scipy.__version__,
    "sobol": qmc.Sobol(64, scramble=False).random(512).tolist(),
    "halton": qmc.Halton(40, scramble=False).random(700).tolist(),
}))
