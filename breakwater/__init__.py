"""Breakwater: take someone in, keep them safe for 48 hours, hand them on."""
