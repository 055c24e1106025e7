"""Who may see what: every surface, verb, actor and state of consent, against an oracle that knows only the law."""
