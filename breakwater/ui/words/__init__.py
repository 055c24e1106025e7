"""Every sentence of ours in the reader's own language: found where it stands, looked up in a catalog, never marked."""
