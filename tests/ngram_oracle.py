"""How likely a whole text is, by the definition: no context is grown from another."""


def text_log_prob(ngram, text, before=" "):
    """Return the log-probability of a text after another, character by character."""
    return sum(
        ngram.log_prob(ngram.context(before + text[:i]), ngram.symbol(character))
        for i, character in enumerate(text)
    )
