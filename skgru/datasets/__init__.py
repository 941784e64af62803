"""Real data sets that are installed with skgru; none is ever downloaded.

Each comes with its description, source, citation and licence, in the ``DESCR``
of the loaded data and in ``skgru/datasets/data/<name>.rst``.
"""

from ._co2 import load_co2
from ._japanese_vowels import load_japanese_vowels
from ._product_reviews import load_product_reviews

__all__ = ["load_co2", "load_japanese_vowels", "load_product_reviews"]
