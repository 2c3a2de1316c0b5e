"""Rows of each package's topics, for the tests. One module per topic; imported here."""

from tests.making.absences import *  # noqa: F403
from tests.making.activators import *  # noqa: F403
from tests.making.amending import *  # noqa: F403
from tests.making.cases import *  # noqa: F403
from tests.making.certification import *  # noqa: F403
from tests.making.control import *  # noqa: F403
from tests.making.curriculum import *  # noqa: F403
from tests.making.editions import *  # noqa: F403
from tests.making.mentoring import *  # noqa: F403
from tests.making.network import *  # noqa: F403
from tests.making.papers import *  # noqa: F403
from tests.making.plans import *  # noqa: F403
from tests.making.quizzes import *  # noqa: F403
from tests.making.referrals import *  # noqa: F403
from tests.making.register import *  # noqa: F403
from tests.making.traces import *  # noqa: F403
