"""Pages of accounts: the sign-in family, settings, and people in the back office."""

from fastapi import APIRouter

from atelier.features.accounts.pages import joining, signing_in

router = APIRouter()
for part in (joining, signing_in):
    router.include_router(part.router)
