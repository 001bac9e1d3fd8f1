"""The forms of accounts. Rules about passwords and addresses are the service's; these bound what is read at all."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from atelier.features.accounts.types import AccountStatus, Scope
from atelier.kernel.actor import Role

Email = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=255)]


class SignUpForm(BaseModel):
    email: Email
    name: Name = ""
    password: Secret


class SignInForm(BaseModel):
    email: Email
    password: Secret
    next: str = ""


class TokenForm(BaseModel):
    token: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class SetupForm(SignUpForm):
    token: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class AddressForm(BaseModel):
    email: Email


class NewPasswordForm(BaseModel):
    password: Secret


class ChangePasswordForm(BaseModel):
    current_password: Secret
    new_password: Secret


class ProfileForm(BaseModel):
    name: Name = ""
    locale: Annotated[str, StringConstraints(pattern="^[a-z]{2}$")]


def _no_date(text: object) -> object:
    """An empty field of a form is no date."""
    return text or None


class KeyForm(BaseModel):
    key_name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]
    scopes: list[Scope] = Field(min_length=1)
    expires_on: Annotated[date | None, BeforeValidator(_no_date)] = None


class RoleForm(BaseModel):
    role: Role


class StatusForm(BaseModel):
    status: AccountStatus
