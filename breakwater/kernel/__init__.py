"""What every floor stands on: errors, events, identifiers, the bridge to PostgreSQL and to the queue.

Knows no noun of the field: no person, no case, no agency.
"""
