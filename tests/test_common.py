"""Both estimators pass scikit-learn's own checks of estimators."""

from sklearn.utils.estimator_checks import parametrize_with_checks

from skgru import GRUClassifier, GRURegressor

# Within one batch they are equivalent: test_parameters.py checks that.
EXPECTED_FAILED_CHECKS = {
    "check_sample_weight_equivalence_on_dense_data": (
        "training by mini-batches: repeating a sample changes which samples share a "
        "batch, and how many optimizer steps an epoch takes"
    )
}


@parametrize_with_checks(
    [
        # Few units and epochs, which are enough for the data of the checks.
        GRUClassifier(8, epochs=30, learning_rate=0.01),
        GRURegressor(16, epochs=60, learning_rate=0.01),
    ],
    expected_failed_checks=lambda estimator: EXPECTED_FAILED_CHECKS,
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)
