"""The ground floor: errors, the clock, settings, system checks, lean StreamFields. No models."""
