"""The one way in which this server asks another one over HTTP. Nothing else may (a guard reads every import).

``addresses`` says which addresses may be asked, without a network; ``asking`` asks them. An address can come from
somebody who means ill: an answer of a provider names the next one. So what is asked is what was checked.
"""

from breakwater.kernel.outside.addresses import NotAllowed, is_allowed
from breakwater.kernel.outside.asking import PATIENCE, WORLD, Answer, Network, Unanswered, ask

__all__ = ["PATIENCE", "WORLD", "Answer", "Network", "NotAllowed", "Unanswered", "ask", "is_allowed"]
