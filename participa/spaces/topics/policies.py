"""Why topics are not changed as asked."""

from participa.authorization import define_rules
from participa.catalogues import lazy_gettext as _l
from participa.spaces.topics.tree import DEEPEST

MOST = 200
"""How many topics a space, or the network, keeps."""

define_rules(
    topic_taken=_l("There is already a topic of that name there."),
    topic_too_deep=_l("Topics stand within one another on %(n)s levels at most.", n=DEEPEST),
    topic_within_itself=_l("A topic does not stand under itself. Choose another place."),
    topic_in_use=_l(
        "Something is sorted under this topic, or under those within it. Choose what replaces it."
    ),
    too_many_topics=_l("There are %(n)s topics here: merge or remove some first.", n=MOST),
)
