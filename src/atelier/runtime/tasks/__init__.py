"""Background chores: messages stored in the caller's transaction, run at least once by Procrastinate.

A feature defines a `Message`, a service enqueues it, and a handler in the feature's `tasks.py` receives it. Only this
package knows Procrastinate.
"""

from atelier.runtime.tasks.handlers import Handlers, Retry, TaskContext
from atelier.runtime.tasks.messages import Message, enqueue

__all__ = ["Handlers", "Message", "Retry", "TaskContext", "enqueue"]
