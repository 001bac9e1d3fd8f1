"""What can go wrong with jobs."""

from atelier.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RateLimited
from atelier.kernel.text import _


class JobNotFound(NotFound):
    message = _("We could not find this job.")


class EmailNotVerified(Forbidden):
    message = _("Please verify your e-mail address first; we sent you a link.")


class ProductNotInstalled(Invalid):
    message = _("The product {product} is not installed on this server.")


class BadOptions(Invalid):
    message = _("The option {field} is not right: {reason}")


class PromptTooLong(Invalid):
    message = _("The description has {length} characters; the limit is {limit}.")


class JobEnded(Conflict):
    message = _("This job has already ended: {status}.")


class JobNotEnded(Conflict):
    message = _("This job is still being worked on.")


class NothingToDeliver(Conflict):
    message = _("This job has no result: {status}.")


class QueueFull(RateLimited):
    message = _("You have {count} unfinished jobs; the limit is {limit}. Please wait until some are done.")


class SourceGone(NotFound):
    message = _("The photo of this job was deleted, so it cannot be run again.")


class LostLease(Conflict):
    """Another attempt, a cancel or the deadline has taken the job from this worker. Never shown to people."""

    message = _("This worker no longer holds the job.")
