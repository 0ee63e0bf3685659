"""The sound of prompts: typed text spoken offline, uploads brought to one form, both ready-made."""
