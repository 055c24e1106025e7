"""A real PostgreSQL of our own: found or bundled programs, one folder, one Unix socket, no TCP, never root.

Whether it lives is asked by connecting, never by a process id: an id may belong to a zombie, or to a stranger after
a reboot. A server that outlived its parent is adopted; a lock file whose holder is a zombie is removed.
"""

from breakwater.server.embedded.cluster import ADMIN, APP, DATABASE, OWNER, Cluster
from breakwater.server.embedded.places import data_folder
from breakwater.server.embedded.trouble import DatabaseTrouble

__all__ = ["ADMIN", "APP", "DATABASE", "OWNER", "Cluster", "DatabaseTrouble", "data_folder"]
