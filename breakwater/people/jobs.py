"""Work the people floor does later."""

from breakwater.kernel.jobs import every
from breakwater.people.actions.words import forget_words


@every("53 3 * * *", "people.forget_words")
def forget_words_of_nobody(timestamp: int) -> None:
    """Forget the words of names that nobody has any more."""
    forget_words()
