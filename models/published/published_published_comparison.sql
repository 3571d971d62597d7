{{ published_comparison_copy() }}
