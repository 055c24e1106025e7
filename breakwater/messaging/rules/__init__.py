"""May a notice go now, later or never? Plain values in, plain values out."""
