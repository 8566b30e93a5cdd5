"""Networks: TensorFlow and Keras are imported here only, and only inside functions."""
