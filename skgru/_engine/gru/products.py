"""Products, gates and loops in the forms that XLA compiles well on CPU."""

import tensorflow as tf


def for_each(n, body, *variables):
    """Run `variables = body(i, *variables)` for each i below n; return the variables.

    One iteration needs no loop, which TensorFlow would trace and XLA would not remove.
    """
    if isinstance(n, int) and n == 1:
        return body(0, *variables)
    _, *variables = tf.while_loop(
        lambda i, *_: i < n,
        lambda i, *variables: (i + 1, *body(i, *variables)),
        (tf.constant(0), *variables),
    )
    return variables


def rows(values):
    """Reshape time-major values to one row for each step of each sample."""
    return tf.reshape(values, (-1, values.shape[-1]))


def product(values, kernel):
    """Multiply the last axis of `values` by a kernel, as one matrix product."""
    shape = tf.concat((tf.shape(values)[:-1], (kernel.shape[1],)), axis=0)
    return tf.reshape(tf.matmul(rows(values), kernel), shape)


def thirds(values):
    """Split the last axis into its three equal parts: those of z, r and g."""
    return tf.split(values, 3, axis=-1)


def times_each(factors, values):
    """Return the products of `values` with each factor, along the last axis.

    They are stacked and reshaped because XLA vectorises neither a product with
    concatenated factors nor, over all steps, a concatenation of the products.
    """
    products = tf.stack([factor * values for factor in factors], axis=-2)
    width = len(factors) * values.shape[-1]
    return tf.reshape(products, tf.concat((tf.shape(values)[:-1], (width,)), axis=0))


def sigmoid(x):
    # sigmoid(x) = (1 + tanh(x / 2)) / 2: XLA vectorises tanh and has no division left.
    return 0.5 * tf.tanh(0.5 * x) + 0.5


def new_array(dtype, size, element_shape):
    return tf.TensorArray(dtype, size, element_shape=element_shape)
