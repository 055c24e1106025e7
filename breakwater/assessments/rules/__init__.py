"""What an instrument is, what its answers come to, and what is wrong with one. Plain values in, plain values out."""
