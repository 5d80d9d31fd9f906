"""What a viewer sees: loaded through visibility, rendered once per audience."""
