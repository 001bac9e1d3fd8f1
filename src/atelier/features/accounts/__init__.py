"""People: accounts, sessions, API keys, roles. The service functions come with the feature's pages."""

SESSION_COOKIE = "atelier_session"
