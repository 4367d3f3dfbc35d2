"""A report as one page of HTML that asks for nothing, and what changed since an earlier report."""
