"""What the channels cost, beside what stock Wagtail costs for the same pages, in one run."""
