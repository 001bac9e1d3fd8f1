"""What tests stand on: a real database, a client, people, time, and a way to let all work finish."""
