"""The reference client of the channels API; imports neither Django nor anything of ours."""
