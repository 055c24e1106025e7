"""What a law may ask of whoever learns something: to report, to warn, to protect; asked with a clock, never decided.

Keeps each agency's own table of duties, in versions, and the prompts that it opens on cases, with what was answered.
Refuses to know what the law says: a row is written, dated and signed for by the agency whose row it is.
"""
