"""The enhancement product: a photo made better, never made up."""
