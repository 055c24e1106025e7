"""Pages that need everything: the board, the case page, the person page, search. Holds no models and no rules."""
