"""Text: alphabets, CTC decoding and the measures of reading."""
