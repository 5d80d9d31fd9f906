"""One function per thing a person does: rule, one transaction, its events."""
