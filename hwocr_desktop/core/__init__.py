"""What a page, its pixels and its text are: numpy and OpenCV, no Qt, no TensorFlow."""
