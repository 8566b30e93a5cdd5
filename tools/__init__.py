"""Programs for those who work on hwocr_desktop: samples, screenshots, checks."""
