"""What may be worth applying for, and how an application goes its way. Plain values in, plain values out."""
