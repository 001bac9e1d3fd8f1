"""Pages of accounts: the sign-in family, settings, and people in the back office."""

from fastapi import APIRouter

from atelier.features.accounts.pages import joining, keys, people, recovery, settings, setup, signing_in
from atelier.kernel.text import _
from atelier.runtime.web.site import Contributions, RailItem

router = APIRouter()
for part in (joining, signing_in, recovery, setup, settings, keys, people):
    router.include_router(part.router)

contributions = Contributions(
    rail=(
        RailItem(90, _("Account"), "accounts:settings", "account"),
        RailItem(91, _("People"), "accounts:people", "projects", admin_only=True),
    )
)
