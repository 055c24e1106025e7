"""How anything looks: tokens, components, page helpers and the pattern page. Knows the words of no domain."""
