"""Accuracies that others have published on the same sets, with their sources.

For each source the figure of its best method, or of its one method, on each set.
"""

SOURCES = {
    "deep": "Fawaz et al. 2019, the better of FCN and ResNet, official splits, mean of "
    "5 runs of up to 2,000 epochs on a GPU: "
    "https://github.com/hfawaz/dl-4-tsc/blob/master/results/results-ucr-128.csv; "
    "JapaneseVowels, mean of 10 runs: "
    "https://github.com/hfawaz/dl-4-tsc/blob/master/results/results-mts-avg-std.csv",
    "MiniRocket": "Dempster et al. 2021, mean of 30 random splits of the same sizes: "
    "https://github.com/angus924/minirocket/blob/main/results/results_ucr109_mean.csv",
}
ACCURACIES = {
    "deep": {
        "ACSF1": 0.916,
        "ArrowHead": 0.843,
        "GunPoint": 1.000,
        "ItalyPowerDemand": 0.963,
        "JapaneseVowels": 0.993,
        "OSULeaf": 0.980,
        "PLAID": 0.940,
        "PickupGestureWiimoteZ": 0.744,
    },
    "MiniRocket": {
        "ACSF1": 0.822,
        "ArrowHead": 0.881,
        "GunPoint": 0.992,
        "ItalyPowerDemand": 0.960,
        "OSULeaf": 0.958,
    },
}
